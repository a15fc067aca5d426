import { fromSources } from '../support/binary.ts'
import { type Entry, textEntry } from './archive.ts'

/** File names as each shell looks for them. */
const files = {
  bash: (name: string) => `${name}.bash`,
  zsh: (name: string) => `_${name}`,
  fish: (name: string) => `${name}.fish`,
  powershell: (name: string) => `${name}.ps1`,
} as const
export type CompletedShell = keyof typeof files
const completedShells = Object.keys(files) as CompletedShell[]

export const completionFile = (shell: CompletedShell, name: string): string => files[shell](name)

/** What the program itself prints: asked of the sources, because another machine's program does not run here. */
export const completions = (name: string): Entry[] =>
  completedShells.map((shell) => {
    const { success, stdout, stderr } = Bun.spawnSync([...fromSources, 'completion', shell])
    if (!success) throw new Error(`the completions for ${shell} could not be made: ${stderr.toString()}`)
    return textEntry(completionFile(shell, name), stdout.toString())
  })
