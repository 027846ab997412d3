/* SPDX-License-Identifier: Apache-2.0 */
/* What `telltale WORD` does. Each takes the arguments from its own word on and returns the exit
 * code: 0 done, 1 it failed with one clear line on standard error, 2 it was called wrongly. */
#ifndef TELLTALE_APP_COMMANDS_H
#define TELLTALE_APP_COMMANDS_H

int command_serve(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_record(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_decode(int argc, char **argv);
int command_check_config(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_store(int argc, char **argv);
int command_token(int argc, char **argv);
int command_user(int argc, char **argv);
int command_device(int argc, char **argv);
int command_version(int argc, char **argv);

#endif
