import { anyToken } from '../../../config/client-tokens.ts'
import type { Machine } from '../../../config/paths.ts'
import type { Model } from '../../../models/model.ts'
import { clientNameOf } from '../../../models/resolver.ts'
import { offeredModels } from '../../clients/offered-models.ts'
import type { KeyEdit, SetupClient } from '../client-plan.ts'
import { inConfigHome, inHome, inRoaming } from './client-folders.ts'

const title = 'Zed'

const settingsPath = (machine: Machine): string => {
  if (machine.platform === 'win32') return inRoaming(machine, 'Zed', 'settings.json')
  // On macOS, Zed does not read XDG_CONFIG_HOME.
  if (machine.platform === 'darwin') return inHome(machine, '.config', 'zed', 'settings.json')
  return inConfigHome(machine, 'zed', 'settings.json')
}

const provider = ['language_models', 'anthropic'] as const

/** Single members: others that the user adds stay. */
const toEdits = (model: Model): KeyEdit[] => {
  const entry = [...provider, 'available_models', { by: 'name', is: clientNameOf(model) }] as const
  return [
    { path: [...entry, 'display_name'], value: model.displayName },
    { path: [...entry, 'max_tokens'], value: model.maxInputTokens },
    { path: [...entry, 'max_output_tokens'], value: model.maxOutputTokens },
  ]
}

export const zedSetup: SetupClient = {
  name: 'zed',
  title,
  files: (machine) => [settingsPath(machine)],
  plan(request) {
    const { machine, setUp, url, token } = request
    const key = token === undefined ? `the key ${anyToken}` : 'the client token as the key'
    return {
      files: [
        {
          path: settingsPath(machine),
          format: 'json',
          edits: [{ path: [...provider, 'api_url'], value: url }, ...offeredModels(setUp).flatMap(toEdits)],
        },
      ],
      notes: [
        `Zed keeps the key in the keychain: open "agent: open settings", choose Anthropic, and type ${key}. Or set ANTHROPIC_API_KEY.`,
        'For Claude Code inside Zed, use setup claude-code.',
      ],
      restart: 'Nothing needs a restart: Zed reads the file when it changes.',
      check: `In the agent panel, choose ${setUp.model.model.displayName}, and send a message.`,
    }
  },
}
