import { fromSources } from '../support/binary.ts'
import { type Entry, textEntry } from './archive.ts'

/** The file names that each shell expects. */
const files = {
  bash: (name: string) => `${name}.bash`,
  zsh: (name: string) => `_${name}`,
  fish: (name: string) => `${name}.fish`,
  powershell: (name: string) => `${name}.ps1`,
} as const
export type CompletedShell = keyof typeof files
const completedShells = Object.keys(files) as CompletedShell[]

export const completionFile = (shell: CompletedShell, name: string): string => files[shell](name)

/** The program's completions. Runs the sources, because programs for other machines do not run here. */
export const completions = (name: string): Entry[] =>
  completedShells.map((shell) => {
    const { success, stdout, stderr } = Bun.spawnSync([...fromSources, 'completion', shell])
    if (!success) throw new Error(`the completions for ${shell} could not be made: ${stderr.toString()}`)
    return textEntry(completionFile(shell, name), stdout.toString())
  })
