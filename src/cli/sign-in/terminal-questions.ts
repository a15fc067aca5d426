import { hasNamedClients } from '../../config/client-tokens.ts'
import type { Config } from '../../config/load.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import { isInForeground } from '../system/foreground.ts'
import type { Io } from '../terminal/io.ts'
import { askInTerminal } from './ask-in-terminal.ts'
import type { FollowedTerminal } from './follow-terminal.ts'

/** Joins the questions of sign-in with this process: its keyboard, its signals, and what else it writes. */

const raiseFor =
  (platform: string, resume: () => void) =>
  (signal: NodeJS.Signals): void => {
    if (platform !== 'win32') {
      // All programs of the terminal's foreground, as Ctrl-C does: a pager or a wrapper ends, too.
      process.kill(0, signal)
      return
    }
    // There, `kill` ends a process without its handlers, and a console has no background.
    process.emit(signal)
    resume()
  }

/** Whether a key can answer: not without a keyboard, and not where an approval needs a name. */
export const takesKeys = (config: Config, { isTerminal, keyboard }: Pick<Io, 'isTerminal' | 'keyboard'>): boolean =>
  isTerminal && keyboard !== undefined && !hasNamedClients(config)

/** Returns what ends the questions; undefined if there are none: the server takes invites, or has no terminal. */
export const startQuestions = (
  signIn: SignIn,
  config: Config,
  { raw, follow }: FollowedTerminal,
): (() => void) | undefined => {
  if (config.signIn.approve !== 'terminal' || !raw.isTerminal) return undefined
  const { platform } = raw.machine
  const questions = askInTerminal({
    signIn,
    keyboard: raw.keyboard,
    needsName: hasNamedClients(config),
    write: raw.err,
    now: () => performance.now(),
    isInForeground: () => isInForeground(platform),
    raise: raiseFor(platform, () => questions.continued()),
  })
  follow(questions.wrote)
  process.on('SIGCONT', questions.continued)
  return () => {
    process.off('SIGCONT', questions.continued)
    questions.stop()
  }
}
