import { attempt } from '../../base/attempt.ts'
import type { Client, PlanLaunch } from '../clients/client.ts'
import { proxyVariables } from '../clients/connection.ts'
import { trustFor } from '../clients/host.ts'
import { offeredModels } from '../clients/offered-models.ts'
import { openAiServerOf } from '../clients/openai-server.ts'
import { openCodeConfiguration, withOwn } from './opencode-configuration.ts'

const identity = { name: 'opencode', title: 'opencode' } as const

/** opencode reads this variable after all of its files. */
const configurationVariable = 'OPENCODE_CONFIG_CONTENT'

const plan: PlanLaunch = async (setUp, server, io) => {
  const { baseUrl, target, token } = await openAiServerOf(identity, setUp, server, io)
  const { environment } = setUp.loaded
  const { model, smallModel } = setUp
  const trust = trustFor(target, 'NODE_EXTRA_CA_CERTS', environment)
  const models = offeredModels(setUp)
  const own = attempt(() => JSON.parse(environment[configurationVariable] ?? ''))
  const wanted = { baseUrl, token, model: model.model, smallModel: smallModel.model, models }
  return {
    environment: {
      set: {
        [configurationVariable]: JSON.stringify(withOwn(own, openCodeConfiguration(wanted))),
        // opencode contains a list of models.
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        ...trust.set,
        ...proxyVariables(environment, target.host),
      },
      unset: [],
    },
    args: [],
    notes: trust.notes,
  }
}

export const openCodeClient: Client = {
  ...identity,
  homeFolders: ['.opencode/bin', '.local/bin'],
  usesOpenAi: true,
  installLines: (platform) => [
    ...(platform === 'win32' ? [] : ['curl -fsSL https://opencode.ai/install | bash']),
    'npm install -g opencode-ai',
  ],
  sessions: {
    header: 'x-session-id',
    pattern: /^ses_\w{20,40}$/,
    partHeader: 'x-parent-session-id',
    resume: (id) => ['--session', id],
    isPrinting: ([command = '']) => command === 'run',
  },
  plan,
}
