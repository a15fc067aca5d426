import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'
import type { Io } from '../terminal/io.ts'
import { hasProgram, isRemote } from './desktop.ts'

/** Copies text to the user's clipboard with a program of this machine, or through the terminal. */

interface Tool {
  readonly program: string
  readonly args: readonly string[]
  /** Encodes the text for its standard input. */
  readonly encode: (text: string) => Uint8Array
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')
/** Without the byte order mark, clip reads the text in the console's old code page. */
const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, 'utf16le')

const tool = (program: string, args: readonly string[] = [], encode = utf8): Tool => ({ program, args, encode })
const clip = tool('clip.exe', [], utf16)

const toolsOf = (machine: Machine): Tool[] => {
  const { platform, environment } = machine
  if (isRemote(machine)) return []
  if (platform === 'darwin') return [tool('pbcopy')]
  if (platform === 'win32') return [clip]
  return [
    ...(environment['WAYLAND_DISPLAY'] ? [tool('wl-copy')] : []),
    ...(environment['DISPLAY'] ? [tool('xclip', ['-selection', 'clipboard']), tool('xsel', ['-ib'])] : []),
    // Windows Subsystem for Linux.
    ...(environment['WSL_DISTRO_NAME'] ? [clip] : []),
    ...(environment['TERMUX_VERSION'] ? [tool('termux-clipboard-set')] : []),
  ]
}

/** A tool that waits for a missing display must not delay the server. */
const limitMs = 2000

const give = async (
  { program, args, encode }: Tool,
  text: string,
  environment: Machine['environment'],
): Promise<boolean> => {
  // X tools keep a background process that serves the text, so we wait only for the first process.
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

/** A sequence that makes a terminal copy the text, over ssh, too; other terminals ignore it. */
const toTerminal = (text: string): string => `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`

/** Copied by a program; sent to the terminal, which does not report success; or not possible. */
export type Copied =
  | { readonly kind: 'done'; readonly program: string }
  | { readonly kind: 'handed-over' }
  | { readonly kind: 'impossible' }

/** Never rejects. */
export const copy = async (text: string, { machine, isTerminal, err }: Io): Promise<Copied> => {
  for (const candidate of toolsOf(machine)) {
    if (!hasProgram(candidate.program, machine) || !(await give(candidate, text, machine.environment))) continue
    return { kind: 'done', program: candidate.program }
  }
  if (!isTerminal || machine.environment['TERM'] === 'dumb') return { kind: 'impossible' }
  err(toTerminal(text))
  return { kind: 'handed-over' }
}
