import { anyToken } from '../../../config/client-tokens.ts'
import { clientNameOf } from '../../../models/resolver.ts'
import type { SetupClient } from '../client-plan.ts'

/** Extensions that keep their settings in the storage of the editor, which other programs cannot change. */
const typed = (name: string, title: string): SetupClient => ({
  name,
  title,
  files: () => [],
  plan(request) {
    const { setUp, token, url } = request
    return {
      files: [],
      fields: [
        ['API Provider', 'Anthropic'],
        ['Use custom base URL', 'on'],
        ['Base URL', url],
        ['API Key', token === undefined ? anyToken : 'the client token'],
        ['Model', clientNameOf(setUp.model.model)],
      ],
      notes: [`${title} keeps its settings in the storage of the editor, so setup writes no file.`],
      restart: 'Nothing needs a restart.',
      check: `Send a message in ${title}.`,
    }
  },
})

export const clineSetup = typed('cline', 'Cline')
export const rooSetup = typed('roo', 'Roo Code')
