#pragma once

#include <dirent.h>

/* Open file descriptors of this process; one of them is the folder that is read for this. */
static int descriptors(void) {
  DIR *folder = opendir("/proc/self/fd");
  int count = 0;
  while (readdir(folder)) count++;
  closedir(folder);
  return count;
}
