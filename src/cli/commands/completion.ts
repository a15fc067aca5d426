import { attempt } from '../../base/attempt.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { ownShell } from '../claude-code/launch/detect-shell.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { answerFor, directive } from './completion/answer.ts'
import { bashScript } from './completion/bash.ts'
import { zshScript } from './completion/zsh.ts'
import type { Catalogue } from './help.ts'

const completedShells = ['bash', 'zsh', 'fish', 'powershell'] as const
type CompletedShell = (typeof completedShells)[number]

/** Why not the library's: see there. */
const ownScripts: ReadonlyMap<CompletedShell, string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
])

/** Throws UsageError for a shell that has no completions here. */
const parseCompleted = (name: string): CompletedShell => {
  const shell = completedShells.find((known) => known === (name === 'pwsh' ? 'powershell' : name))
  if (shell !== undefined) return shell
  throw new UsageError(
    `There are no completions for the shell${printableName(name)}. Name one of ${completedShells.join(', ')}.`,
  )
}

const runCompletion = async ({ positionals: { shell } }: ParsedArguments, io: Io): Promise<undefined> => {
  const wanted = parseCompleted(shell ?? (await ownShell(io.machine)))
  const own = ownScripts.get(wanted)
  if (own !== undefined) {
    io.out(own)
    return undefined
  }
  // Loaded for this alone: no other command should wait for it. It prints by itself.
  const { script } = await import('@bomb.sh/tab')
  script(wanted, productName, productName)
}

export const completionCommand: Command = {
  name: 'completion',
  description: 'Print what makes a shell complete commands, flags and values at the press of Tab',
  details: [
    `The shell calls ${productName} by its name, so it has to be on your PATH.`,
    'Of the lines below, put the one for your shell where your shell reads it at its start: ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish, $PROFILE in PowerShell. Bash needs no other package.',
  ],
  args: {
    shell: {
      type: 'positional',
      required: false,
      valueHint: completedShells.join('|'),
      description: `One of ${completedShells.join(', ')}; the one we run in without it`,
    },
    ...commonFlags,
  },
  examples: [
    { line: `eval "$(${productName} completion bash)"`, what: 'bash, in ~/.bashrc' },
    { line: `eval "$(${productName} completion zsh)"`, what: 'zsh, in ~/.zshrc, after compinit' },
    { line: `${productName} completion fish | source`, what: 'fish, in ~/.config/fish/config.fish' },
    {
      line: `${productName} completion powershell | Out-String | Invoke-Expression`,
      what: 'PowerShell, in the file that $PROFILE names',
    },
  ],
  run: runCompletion,
}

/** What the scripts call. It only ever answers: words of an error would stand in the user's prompt. */
export const createCompleteCommand = (catalogue: () => Catalogue): Command => ({
  name: 'complete',
  isHidden: true,
  description: 'Answer what the line may go on with; the scripts of completion ask it',
  args: commonFlags,
  rest: { hint: 'words', owner: 'the shell' },
  examples: [],
  async run({ rest }, io) {
    io.out(attempt(() => answerFor(rest, catalogue())) ?? `:${directive.noFiles}\n`)
    return undefined
  },
})
