/* cli/backup_report.h - what backup and restore say when they are done: the same report.
 *
 * Owns     nothing
 * Errors   none: the report says what went wrong
 * Threads  one
 */
#ifndef CLI_BACKUP_REPORT_H
#define CLI_BACKUP_REPORT_H

#include "store/care/backup.h"

/* done: the first word ("backed up"). Prints to standard output; returns an exit code. */
int backup_report_print(const char *done, const BackupReport *report, bool as_json);

#endif
