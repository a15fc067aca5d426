import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * A system with only the program, its libraries, and the files that every container gets from its kernel: no shell,
 * no home folder, no users, no certificates.
 */

/** The paths of a program's libraries. This machine must be able to run the program. */
const librariesOf = (program: string): string[] =>
  Bun.spawnSync(['ldd', program])
    .stdout.toString()
    .match(/\/\S+/g)
    ?.filter((path) => path !== `${program}:`) ?? []

/** Mount points. */
const devices = ['null', 'urandom'] as const

export const makeBareSystem = (folder: string, program: string): void => {
  for (const path of librariesOf(program)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    cpSync(path, join(folder, path), { dereference: true })
  }
  for (const place of ['proc', 'dev', 'small-disk']) mkdirSync(join(folder, place), { recursive: true })
  for (const device of devices) writeFileSync(join(folder, 'dev', device), '')
}

/** One page of memory: the smallest disk there is. */
const smallDisk = '4k'

/** Read-only, except a disk that is full already. */
const script = `
set -e
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
mount --rbind /proc "$0/proc"
for device in ${devices.join(' ')}; do mount --bind "/dev/$device" "$0/dev/$device"; done
mount -t tmpfs -o size=${smallDisk} tmpfs "$0/small-disk"
cat /dev/zero > "$0/small-disk/filling" 2> /dev/null || true
exec env -i "$(command -v chroot)" "$0" "$@"
`

/** The command line that runs a program in such a system, with an empty environment. */
export const inBareSystem = (folder: string, command: readonly string[]): string[] => [
  'unshare',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  script,
  folder,
  ...command,
]

/** Whether the machine allows it. Many containers do not. */
export const hasBareSystems = (): boolean => {
  if (process.platform !== 'linux' || Bun.which('unshare') === null || Bun.which('chroot') === null) return false
  const probe = ['unshare', '--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']
  return Bun.spawnSync(probe, { stderr: 'ignore' }).success
}
