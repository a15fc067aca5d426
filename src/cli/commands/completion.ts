import { attempt } from '../../base/attempt.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { ownShell } from '../clients/detect-shell.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { clientNamesFor } from './clients/client-names.ts'
import { answerFor, directive } from './completion/answer.ts'
import { bashScript } from './completion/bash.ts'
import { zshScript } from './completion/zsh.ts'
import type { Catalogue } from './help.ts'

const completedShells = ['bash', 'zsh', 'fish', 'powershell'] as const
type CompletedShell = (typeof completedShells)[number]

/** Replace the library's scripts; the files of these scripts give the reasons. */
const ownScripts: ReadonlyMap<CompletedShell, string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
])

/** Throws UsageError for a shell without a completion script. */
const parseCompleted = (name: string): CompletedShell => {
  const shell = completedShells.find((known) => known === (name === 'pwsh' ? 'powershell' : name))
  if (shell !== undefined) return shell
  throw new UsageError(
    `No completion script for the shell${printableName(name)}. Use one of ${completedShells.join(', ')}.`,
  )
}

const runCompletion = async ({ positionals: { shell } }: ParsedArguments, io: Io): Promise<undefined> => {
  const wanted = parseCompleted(shell ?? (await ownShell(io.machine)))
  const own = ownScripts.get(wanted)
  if (own !== undefined) {
    io.out(own)
    return undefined
  }
  // Loaded here because only this command needs it. `script` prints the text itself.
  const { script } = await import('@bomb.sh/tab')
  script(wanted, productName, productName)
}

export const completionCommand: Command = {
  name: 'completion',
  description: 'Print a shell completion script',
  details: [
    `The script completes commands, flags and values when you press Tab. It calls ${productName} by name, so the program must be on your PATH.`,
    'Add the line for your shell below to the file that your shell reads when it starts: ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish, $PROFILE in PowerShell. Bash needs no other package.',
  ],
  args: {
    shell: {
      type: 'positional',
      required: false,
      valueHint: completedShells.join('|'),
      description: `Shell to print the script for: ${completedShells.join(', ')} (default the current shell)`,
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

/** Only commands with a client's name read the file. */
const namesClients = ([first]: readonly string[]): boolean => first === 'clients' || first === 'usage'

/** The scripts call this command. It never prints an error: the error would appear in the user's prompt. */
export const createCompleteCommand = (catalogue: () => Catalogue): Command => ({
  name: 'complete',
  isHidden: true,
  description: 'Print candidates for a command line; the completion scripts call it',
  args: commonFlags,
  rest: { hint: 'words', owner: 'the shell' },
  examples: [],
  async run({ rest }, io) {
    const clientNames = namesClients(rest) ? await clientNamesFor(rest, io) : []
    io.out(attempt(() => answerFor(rest, { catalogue: catalogue(), clientNames })) ?? `:${directive.noFiles}\n`)
    return undefined
  },
})
