import { claudeCommand } from './claude.ts'
import { completionCommand, createCompleteCommand } from './completion.ts'
import { doctorCommand } from './doctor/command.ts'
import { envCommand } from './env.ts'
import { type Catalogue, createHelpCommand } from './help.ts'
import { modelsCommand } from './models.ts'
import { simulateCommand } from './simulate.ts'
import { startCommand } from './start.ts'

/** Every command there is. Adding one: its file, and its line here. */
export const catalogue: Catalogue = {
  commands: [
    startCommand,
    claudeCommand,
    envCommand,
    doctorCommand,
    modelsCommand,
    simulateCommand,
    completionCommand,
    createCompleteCommand(() => catalogue),
    createHelpCommand(() => catalogue),
  ],
  groups: [],
  defaultCommand: startCommand,
}
