import type { Config } from '../../config/load.ts'
import { clientSpelling } from '../../models/resolver.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { shownSource } from '../config/describe-config.ts'
import { allModels, requireKey, type SetUp } from '../config/set-up.ts'
import { proxyOnTheWay } from '../system/proxy.ts'
import { anthropicRequests } from './anthropic-probes.ts'
import { type Check, type CheckGroup, skip, unless } from './check.ts'
import { clockFinding } from './clock.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'
import { featureChecks, featureRequests, featureTitles } from './feature-checks.ts'
import { modelChecks, modelTitle } from './key-checks.ts'
import { openAiRequests } from './openai-checks.ts'
import { type EndpointProbe, proxyLoginStatus } from './probe-endpoint.ts'
import { hello, mostTokens } from './probe-requests.ts'
import { openSession } from './session.ts'

/** Checks the key, the models and the features with requests to AI Nexus. */

/** The reason to send no requests; undefined if there is none. */
export const reasonToSkip = ({ isOffline, setUp, isSimulated }: DoctorContext): string | undefined => {
  if (isOffline) return '--offline: no requests'
  if (setUp === undefined) return fixConfigurationFirst
  const { apiKey, isKeyOptional } = setUp.connection
  return isSimulated || isKeyOptional || apiKey !== undefined ? undefined : 'there is no key'
}

const requestsOf = (modelId: string) => [...allModels.models.map(({ id }) => hello(id)), ...featureRequests(modelId)]
const countsTokens = (config: Config): boolean => config.countTokens === 'auto'

/** Tokens; the user gets a rounded figure. */
const roundTo = 100

const costlyRequests: Readonly<Record<Config['upstream'], (setUp: SetUp) => MessagesRequest[]>> = {
  nexus: ({ model }) => requestsOf(model.model.id),
  openai: openAiRequests,
  anthropic: anthropicRequests,
}

/** The requests that doctor sends, and the most tokens that they cost. */
export const priceOf = (setUp: SetUp): { requests: number; tokens: number } => {
  const { config } = setUp.loaded
  const requests = costlyRequests[config.upstream](setUp)
  const tokens = requests.reduce((sum, request) => sum + mostTokens(request), 0)
  return {
    // Counting costs no tokens, but it is a request.
    requests: requests.length + (config.upstream === 'nexus' && countsTokens(config) ? 1 : 0),
    tokens: Math.ceil(tokens / roundTo) * roundTo,
  }
}

interface NexusOptions {
  readonly endpointUrl: string
  readonly probe: () => Promise<EndpointProbe | undefined>
}

const title = 'AI Nexus'
const clockTitle = ['clock', 'Clock'] as const
const modelTitles = [['key.accepted', 'Key'], ...allModels.models.map(({ id }) => modelTitle(id))] as const

export const nexusChecks = (context: DoctorContext, { endpointUrl, probe }: NexusOptions): CheckGroup => {
  const { setUp, io } = context
  const reason = reasonToSkip(context)
  const apiKey = reason === undefined && setUp !== undefined ? requireKey(setUp, io) : undefined
  if (setUp === undefined || apiKey === undefined) {
    const skipped = (id: string, name: string): Check => ({ id, title: name, run: () => skip(reason ?? '') })
    return {
      title,
      checks: [...modelTitles, ...Object.entries(featureTitles), clockTitle].map((name) => skipped(...name)),
    }
  }
  const { config } = setUp.loaded
  const session = openSession({
    config,
    endpointUrl,
    apiKey,
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
  })
  const [main, small] = [setUp.model.model.id, setUp.smallModel.model.id]
  const models = modelChecks(session, {
    models: allModels.models,
    needed: [main, small],
    apiKey,
    keySource: shownSource(setUp.loaded.sources.get('apiKey') ?? '', setUp.loaded),
  })
  const unreachable = async (): Promise<string | undefined> => {
    const probed = await probe()
    if (probed === undefined) return undefined
    return 'error' in probed || probed.status === proxyLoginStatus ? 'AI Nexus cannot be reached' : undefined
  }
  const features = featureChecks(session, {
    modelId: main,
    model: clientSpelling(main),
    apiKey,
    countsTokens: countsTokens(config),
    skipReason: () => models.skipReason(main),
  })
  const clock: Check = {
    id: clockTitle[0],
    title: clockTitle[1],
    async run() {
      const probed = await probe()
      const reading = probed !== undefined && 'clock' in probed ? probed.clock : undefined
      return clockFinding(session.clock() ?? reading, io.machine.platform)
    },
  }
  // Without a connection, each of these requests would wait for its timeout.
  const requests = [...models.checks, ...features].map((check) => unless(unreachable, check))
  return { title, checks: [...requests, clock] }
}
