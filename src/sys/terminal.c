/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/terminal.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool terminal_is_there(void)
{
    return isatty(STDIN_FILENO) == 1;
}

/* Byte by byte: what follows the line is somebody else's. */
static enum err read_line(char *out, size_t size)
{
    size_t len = 0;
    for (;;) {
        char c;
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n <= 0 && len == 0) {
            return ERR_CLOSED;
        }
        if (n <= 0 || c == '\n') {
            break;
        }
        if (len + 1 >= size || c == '\0') {
            return ERR_INVALID;
        }
        out[len++] = c;
    }
    len -= len > 0 && out[len - 1] == '\r';
    out[len] = '\0';
    return OK;
}

enum err terminal_secret(const char *prompt, char *out, size_t size)
{
    struct termios shown, hidden;
    if (!terminal_is_there() || tcgetattr(STDIN_FILENO, &shown) != 0) {
        return read_line(out, size);
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)fputs(prompt, stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    enum err e = read_line(out, size);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    (void)fputc('\n', stderr);
    return e;
}
