import { catalogue } from '../../src/cli/commands/commands.ts'
import { cliPage } from './cli-page.ts'
import { configurationPage } from './configuration-page.ts'
import { servicePage } from './service-page.ts'

/** Every page with generated content. `generate` returns the new page for the current one. */
export const generatedPages: readonly { readonly path: string; readonly generate: (current: string) => string }[] = [
  { path: 'docs/cli.md', generate: () => cliPage(catalogue) },
  { path: 'docs/configuration.md', generate: configurationPage },
  { path: 'docs/service.md', generate: servicePage },
]
