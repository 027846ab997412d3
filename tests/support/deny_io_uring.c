/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into the program: io_uring_setup fails with EPERM, as under the policy of a container;
 * or, with TELLTALE_DENY=enter, io_uring_enter does: a ring is made, and takes no batch. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

__attribute__((constructor)) static void deny(void)
{
    const char *what = getenv("TELLTALE_DENY");
    unsigned number =
        what && strcmp(what, "enter") == 0 ? __NR_io_uring_enter : __NR_io_uring_setup;
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("deny_io_uring");
        abort();
    }
}
