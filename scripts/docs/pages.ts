import { catalogue } from '../../src/cli/commands/commands.ts'
import { cliPage } from './cli-page.ts'
import { configurationPage } from './configuration-page.ts'
import { servicePage } from './service-page.ts'

/** Every page that is made from the code, as it is to be where it now holds `current`. */
export const generatedPages: readonly { readonly path: string; readonly generate: (current: string) => string }[] = [
  { path: 'docs/cli.md', generate: () => cliPage(catalogue) },
  { path: 'docs/configuration.md', generate: configurationPage },
  { path: 'docs/service.md', generate: servicePage },
]
