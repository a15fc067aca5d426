import { completionCommand, createCompleteCommand } from './completion.ts'
import { type Catalogue, createHelpCommand } from './help.ts'
import { modelsCommand } from './models.ts'
import { simulateCommand } from './simulate.ts'
import { startCommand } from './start.ts'

/** Every command there is. Adding one: its file, and its line here. */
export const catalogue: Catalogue = {
  commands: [
    startCommand,
    simulateCommand,
    modelsCommand,
    completionCommand,
    createCompleteCommand(() => catalogue),
    createHelpCommand(() => catalogue),
  ],
  groups: [],
  defaultCommand: startCommand,
}
