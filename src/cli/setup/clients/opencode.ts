import type { Machine } from '../../../config/paths.ts'
import { clientNameOf } from '../../../models/resolver.ts'
import { openCodeClient } from '../../opencode/opencode-client.ts'
import type { SetupClient } from '../client-plan.ts'
import { firstExisting, inConfigHome } from './client-folders.ts'
import { tokenEdit, tokenNote } from './written-token.ts'

/** opencode reads both, the second one last; a new file is the one that may have comments. */
const configPath = (machine: Machine): string =>
  firstExisting([
    inConfigHome(machine, 'opencode', 'opencode.jsonc'),
    inConfigHome(machine, 'opencode', 'opencode.json'),
    inConfigHome(machine, 'opencode', 'opencode.jsonc'),
  ])

const schema = 'https://opencode.ai/config.json'
const provider = 'anthropic'
const options = ['provider', provider, 'options'] as const

export const openCodeSetup: SetupClient = {
  name: 'opencode',
  title: openCodeClient.title,
  files: (machine) => [configPath(machine)],
  plan(request) {
    const { machine, setUp, url } = request
    return {
      files: [
        {
          path: configPath(machine),
          format: 'json',
          edits: [
            // opencode adds it at its next start, and an undo could not give the file back byte for byte.
            { path: ['$schema'], value: schema, isDefault: true },
            { path: [...options, 'baseURL'], value: `${url}/v1` },
            tokenEdit([...options, 'apiKey'], request),
          ],
        },
      ],
      notes: [...tokenNote(request), 'A key that opencode has stored itself stays.'],
      restart: 'Restart opencode.',
      check: `opencode -m ${provider}/${clientNameOf(setUp.model.model)}`,
    }
  },
}
