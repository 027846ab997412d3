// SPDX-License-Identifier: Apache-2.0
// Enforces tools/layers.txt.
//
//   node tools/check-layers.mjs [--root DIR]             include lines against the table
//   node tools/check-layers.mjs --symbols OBJECT_DIR     compiled pure folders against the deny list
//
// Includes: a folder includes itself, what its row allows, and of another folder only its public
// header (any header of `base`, `model`, `sys` and `loop`). Nobody includes `app`.
// Symbols: a pure folder does no I/O, reads no clock, starts no thread and keeps no static mutable
// data, so its objects leave nothing undefined that could and define nothing writable.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const OPEN_FOLDERS = new Set(['base', 'model', 'sys', 'loop']);

// Names that a pure folder must not need. A trailing * stands for any ending.
const DENIED = `
  read write pread pwrite readv writev open open64 openat openat64 creat close lseek fsync fdatasync
  stat fstat lstat unlink rename mkdir rmdir opendir readdir mmap munmap ioctl fcntl fcntl64 pipe pipe2
  dup dup2 select poll ppoll epoll_* eventfd* timerfd_* signalfd inotify_* io_uring_*
  socket socketpair bind listen accept accept4 connect send sendto sendmsg sendmmsg recv recvfrom recvmsg
  shutdown getaddrinfo gethostby* setsockopt getsockopt
  time clock clock_* gettimeofday ftime times localtime* gmtime* mktime strftime nanosleep sleep usleep
  alarm setitimer
  pthread_* thrd_* mtx_* cnd_* fork vfork exec* posix_spawn* system popen pclose wait waitpid kill raise
  signal sigaction
  printf fprintf vprintf vfprintf __printf_chk __fprintf_chk __vfprintf_chk puts fputs putchar fputc putc
  perror stdin stdout stderr fopen fopen64 fdopen freopen fclose fread fwrite fgets fgetc getc getchar fscanf
  scanf fflush fseek ftell getline syslog
  getenv secure_getenv setenv putenv rand srand rand_r random srandom drand48 arc4random* getrandom
  getentropy randombytes* getpid getppid gethostname uname sysconf exit _exit _Exit atexit setlocale
  uv_* sqlite3_* sodium_* yaml_*
`.trim().split(/\s+/);

// base's assert reports to standard error before it aborts; that is its whole job.
const EXEMPT = new Map([['base/base.o', new Set(['fprintf', '__fprintf_chk', 'stderr'])]]);

function readTable(root) {
  const allowed = new Map();
  let pure = [];
  for (const line of readFileSync(join(root, 'tools/layers.txt'), 'utf8').split('\n')) {
    const row = /^([a-z/]+):(.*)$/.exec(line);
    if (!row) continue;
    const words = row[2].split(/\s+/).filter(Boolean);
    if (row[1] === 'pure') pure = words;
    else allowed.set(row[1], new Set(words));
  }
  return { allowed, pure };
}

function filesUnder(dir, ending) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return filesUnder(path, ending);
    return ending.test(entry.name) ? [path] : [];
  });
}

// What is wrong with including `path` from `folder`, or null.
function faultOfInclude(table, folder, path) {
  const cut = path.lastIndexOf('/');
  if (cut < 0) return 'is not written from src/';
  const target = path.slice(0, cut);
  if (!table.allowed.has(target)) return `names no folder of tools/layers.txt`;
  if (target === folder) return null;
  if (target === 'app') return 'nobody includes app';
  if (!table.allowed.get(folder).has(target)) return `${folder} may not include ${target}`;
  const door = `${target}/${target.slice(target.lastIndexOf('/') + 1)}.h`;
  if (!OPEN_FOLDERS.has(target) && path !== door) return `is private; the door is ${door}`;
  return null;
}

function checkIncludes(root) {
  const table = readTable(root);
  const faults = [];
  for (const [folder, others] of table.allowed) {
    for (const other of others) {
      if (!table.allowed.has(other)) faults.push(`tools/layers.txt: ${folder} allows the unknown ${other}`);
    }
  }
  for (const file of filesUnder(join(root, 'src'), /\.[ch]$/)) {
    const name = file.slice(join(root, 'src').length + 1);
    const folder = name.slice(0, name.lastIndexOf('/'));
    if (!table.allowed.has(folder)) {
      faults.push(`src/${name}: its folder has no row in tools/layers.txt`);
      continue;
    }
    readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
      const include = /^\s*#\s*include\s*"([^"]*)"/.exec(line);
      const fault = include && faultOfInclude(table, folder, include[1]);
      if (fault) faults.push(`src/${name}:${i + 1}: "${include[1]}": ${fault}`);
    });
  }
  return faults;
}

const denied = new RegExp(`^(?:${DENIED.map((n) => n.replace('*', '.*')).join('|')})$`);

function faultsOfObject(file, name) {
  const faults = [];
  const exempt = EXEMPT.get(name) ?? new Set();
  const table = execFileSync('nm', ['--format=sysv', file], { encoding: 'utf8' });
  for (const row of table.split('\n')) {
    const [symbol, , kind, , , , section] = row.split('|').map((cell) => cell.trim());
    if (kind === undefined) continue;
    if (kind.toUpperCase() === 'U' && denied.test(symbol) && !exempt.has(symbol)) {
      faults.push(`${name}: a pure folder needs ${symbol}`);
    }
    const writable = /^\.(data|bss|tdata|tbss)\b/.test(section) && !section.startsWith('.data.rel.ro');
    if (writable || section === '*COM*') faults.push(`${name}: a pure folder keeps ${symbol} in ${section}`);
  }
  return faults;
}

function checkSymbols(root, objects) {
  const table = readTable(root);
  return table.pure.flatMap((folder) =>
    filesUnder(join(objects, folder), /\.o$/)
      .filter((file) => file.slice(0, file.lastIndexOf('/')) === join(objects, folder))
      .flatMap((file) => faultsOfObject(file, `${folder}/${file.slice(file.lastIndexOf('/') + 1)}`)));
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

const root = option('--root') ?? '.';
const objects = option('--symbols');
const faults = objects ? checkSymbols(root, objects) : checkIncludes(root);
for (const fault of faults) console.error(fault);
if (faults.length) {
  console.error(`check-layers: ${faults.length} against tools/layers.txt`);
  process.exit(1);
}
