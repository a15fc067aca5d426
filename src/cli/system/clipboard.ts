import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'
import type { Io } from '../terminal/io.ts'

/** Puts a text on the person's clipboard, by whatever this machine has for it. */

interface Tool {
  readonly program: string
  readonly args: readonly string[]
  /** What it reads from its standard input. */
  readonly encode: (text: string) => Uint8Array
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')
/** Without the mark clip takes what it reads for the console's old code page. */
const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, 'utf16le')

const tool = (program: string, args: readonly string[] = [], encode = utf8): Tool => ({ program, args, encode })
const clip = tool('clip.exe', [], utf16)

/** A shell on another machine: the clipboard that is meant is not this machine's. */
const isRemote = ({ environment }: Machine): boolean =>
  Boolean(environment['SSH_TTY'] || environment['SSH_CONNECTION'] || environment['SSH_CLIENT'])

const toolsOf = (machine: Machine): Tool[] => {
  const { platform, environment } = machine
  if (isRemote(machine)) return []
  if (platform === 'darwin') return [tool('pbcopy')]
  if (platform === 'win32') return [clip]
  return [
    ...(environment['WAYLAND_DISPLAY'] ? [tool('wl-copy')] : []),
    ...(environment['DISPLAY'] ? [tool('xclip', ['-selection', 'clipboard']), tool('xsel', ['-ib'])] : []),
    // Linux on Windows.
    ...(environment['WSL_DISTRO_NAME'] ? [clip] : []),
    ...(environment['TERMUX_VERSION'] ? [tool('termux-clipboard-set')] : []),
  ]
}

const isThere = ({ program }: Tool, { platform, environment }: Machine): boolean =>
  platform === 'win32' ||
  (environment['PATH'] ?? '').split(posix.delimiter).some((folder) => existsSync(posix.join(folder, program)))

/** A tool that waits for a display that is gone must not hold up the server. */
const limitMs = 2000

const give = async (
  { program, args, encode }: Tool,
  text: string,
  environment: Machine['environment'],
): Promise<boolean> => {
  // Those of X stay behind to hand the text out, so nothing of theirs is waited for but their beginning.
  const child = attempt(() =>
    Bun.spawn([program, ...args], {
      stdio: [encode(text), 'ignore', 'ignore'],
      env: { ...environment },
      timeout: limitMs,
      windowsHide: true,
    }),
  )
  return (await child?.exited) === 0
}

/** Terminals that know it do it, over ssh too; the others pass over it. */
const toTerminal = (text: string): string => `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`

/** By which program it was done; by the terminal, which does not say whether it has; or not at all. */
export type Copied =
  | { readonly kind: 'done'; readonly program: string }
  | { readonly kind: 'handed-over' }
  | { readonly kind: 'impossible' }

/** Never rejects. */
export const copy = async (text: string, { machine, isTerminal, err }: Io): Promise<Copied> => {
  for (const candidate of toolsOf(machine)) {
    if (!isThere(candidate, machine) || !(await give(candidate, text, machine.environment))) continue
    return { kind: 'done', program: candidate.program }
  }
  if (!isTerminal || machine.environment['TERM'] === 'dumb') return { kind: 'impossible' }
  err(toTerminal(text))
  return { kind: 'handed-over' }
}
