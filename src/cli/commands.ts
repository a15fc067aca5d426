import { configGetCommand } from './config/get.ts'
import { configPathCommand } from './config/path.ts'
import { configSetCommand } from './config/set.ts'
import { configShowCommand } from './config/show.ts'
import { configUnsetCommand } from './config/unset.ts'
import { type Catalogue, createHelpCommand } from './help.ts'
import { simulateCommand } from './simulate.ts'
import { startCommand } from './start.ts'

/** Every command there is. Adding one: its file, and its line here. */
export const catalogue: Catalogue = {
  commands: [
    startCommand,
    simulateCommand,
    configSetCommand,
    configGetCommand,
    configUnsetCommand,
    configShowCommand,
    configPathCommand,
    createHelpCommand(() => catalogue),
  ],
  groups: [{ name: 'config', description: 'Change and show the configuration, and keep your key safely' }],
  defaultCommand: startCommand,
}
