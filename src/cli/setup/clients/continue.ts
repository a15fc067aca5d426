import { existsSync } from 'node:fs'
import { UsageError } from '../../../base/usage-error.ts'
import type { Machine } from '../../../config/paths.ts'
import type { Model } from '../../../models/model.ts'
import { clientNameOf } from '../../../models/resolver.ts'
import { offeredModels } from '../../clients/offered-models.ts'
import type { KeyEdit, SetupClient, SetupRequest } from '../client-plan.ts'
import { inHome, joined } from './client-folders.ts'
import { tokenEdit, tokenNote } from './written-token.ts'

const title = 'Continue'

const inFolder = (machine: Machine, name: string): string => {
  const folder = machine.environment['CONTINUE_GLOBAL_DIR']
  return folder ? joined(machine, folder, name) : inHome(machine, '.continue', name)
}
const configPath = (machine: Machine): string => inFolder(machine, 'config.yaml')

/** Continue reads a config.json only where there is no config.yaml. */
const refuseOldFile = (machine: Machine): void => {
  const old = inFolder(machine, 'config.json')
  if (!existsSync(old) || existsSync(configPath(machine))) return
  throw new UsageError(
    `${old} is the file of an old version of Continue. Convert it to ${configPath(machine)} first: Continue ignores ${old} once the new file exists.`,
  )
}

/** Continue requires these members. */
const required = { name: 'Local Config', version: '1.0.0', schema: 'v1' } as const

/** Single members: others that the user adds, such as roles, stay. */
const toEdits = (request: SetupRequest, model: Model): KeyEdit[] => {
  const entry = ['models', { by: 'name', is: `${model.displayName} (AI Nexus)` }] as const
  return [
    { path: [...entry, 'provider'], value: 'anthropic' },
    { path: [...entry, 'model'], value: clientNameOf(model) },
    { path: [...entry, 'apiBase'], value: `${request.url}/v1` },
    tokenEdit([...entry, 'apiKey'], request),
  ]
}

export const continueSetup: SetupClient = {
  name: 'continue',
  title,
  files: (machine) => [configPath(machine)],
  plan(request) {
    const { machine, setUp } = request
    refuseOldFile(machine)
    const defaults = Object.entries(required).map(([key, value]): KeyEdit => ({ path: [key], value, isDefault: true }))
    const models = offeredModels(setUp).flatMap((model) => toEdits(request, model))
    return {
      files: [{ path: configPath(machine), format: 'yaml', edits: [...defaults, ...models] }],
      notes: tokenNote(request),
      restart: 'Nothing needs a restart: Continue reads the file when it changes.',
      check: `In Continue, choose ${setUp.model.model.displayName} (AI Nexus), and send a message.`,
    }
  },
}
