import { isObject, type Json } from '../../base/json.ts'
import type { Config } from '../../config/load.ts'
import { hasWebSearch, runsWebSearch } from '../../config/web-search.ts'
import { parseModelName } from '../../messages/model-name.ts'
import { clientNameOf } from '../../models/resolver.ts'
import type { Client, LaunchSetUp, PlanLaunch } from '../clients/client.ts'
import { proxyVariables } from '../clients/connection.ts'
import { type LaunchTarget, trustFor } from '../clients/host.ts'
import { isModelGiven } from '../clients/model-choice.ts'
import { openAiServerOf } from '../clients/openai-server.ts'
import { shortPaths } from '../terminal/short-path.ts'
import { type CodexWanted, codexArguments, codexFileLines, providerId, tokenVariable } from './codex-configuration.ts'
import { codexSettings, codexSettingsPath } from './codex-settings.ts'

const identity = { name: 'codex', title: 'Codex' } as const

/** A Claude model that the user chose in Codex stays, unless this run names a model. */
const modelFor = (setUp: LaunchSetUp, { model }: Json): string | undefined => {
  const isChosen = typeof model === 'string' && parseModelName(model) !== undefined
  return isChosen && !isModelGiven(setUp) ? undefined : clientNameOf(setUp.model.model)
}

const isConfigured = ({ model_providers: providers }: Json, baseUrl: string): boolean => {
  const provider = isObject(providers) ? providers[providerId] : undefined
  return isObject(provider) && provider['base_url'] === baseUrl
}

const authorityNotes = ({ authority }: LaunchTarget): readonly string[] =>
  authority === undefined
    ? []
    : [`Codex does not accept ${authority}: it is the certificate of an authority. Make one with CA:FALSE.`]

/**
 * Codex itself wants `cached`: OpenAI's own copies of pages, which no other server has. A search that the administrator
 * switched on is live.
 */
export const webSearchFor = (config: Config): CodexWanted['webSearch'] => {
  if (runsWebSearch(config)) return 'live'
  return hasWebSearch(config) ? undefined : 'disabled'
}

const plan: PlanLaunch = async (setUp, server, io) => {
  const { baseUrl, target, token } = await openAiServerOf(identity, setUp, server, io)
  const trust = trustFor(target, 'CODEX_CA_CERTIFICATE', setUp.loaded.environment)
  const settings = codexSettings(io.machine)
  const webSearch = webSearchFor(server.config)
  const wanted: CodexWanted = { baseUrl, settings, webSearch, model: modelFor(setUp, settings) }
  const path = shortPaths(codexSettingsPath(io.machine), io.machine)
  // TOML allows each key once.
  const others = Object.keys(settings).length === 0 ? '' : ', instead of others with the same names'
  const lines = codexFileLines({ ...wanted, model: clientNameOf(setUp.model.model) })
  return {
    environment: {
      set: { [tokenVariable]: token, ...trust.set, ...proxyVariables(setUp.loaded.environment, target.host) },
      unset: [],
    },
    args: codexArguments(wanted),
    notes: [...trust.notes, ...authorityNotes(target)],
    environmentNotes: isConfigured(settings, baseUrl)
      ? []
      : [
          `Codex also needs these lines at the top of ${path}${others}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
        ],
  }
}

/** OpenAI's Codex. */
export const codexClient: Client = {
  ...identity,
  homeFolders: ['.local/bin'],
  usesOpenAi: true,
  installLines: () => ['npm install -g @openai/codex'],
  sessions: {
    header: 'session-id',
    pattern: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
    // Codex names a conversation in a second session, which it does not keep: an id may belong to that one.
    resume: () => ['resume', '--last'],
    isPrinting: ([command = '']) => ['exec', 'e', 'review'].includes(command),
  },
  plan,
}
