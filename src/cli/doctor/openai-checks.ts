import type { ErrorType, GatewayError } from '../../base/errors.ts'
import { clientNameOf } from '../../models/resolver.ts'
import { readOpenAiSettings } from '../../upstreams/openai/settings.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { requireKey, type SetUp } from '../config/set-up.ts'
import { proxyOnTheWay } from '../system/proxy.ts'
import { type Check, type CheckGroup, type Finding, fail, info, ok, skip, unless, warn } from './check.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'
import type { EndpointProbe } from './probe-endpoint.ts'
import { counting, hello, image, thinking, toolCall, toolName } from './probe-requests.ts'
import { openSession, type ProbeOutcome, type Session } from './session.ts'

/** What an OpenAI-compatible server makes of the key, the models, and what Claude Code sends (OU section 7.6). */

const remedies: Partial<Record<ErrorType, string>> = {
  authentication_error: 'Check the key: is it complete, valid, and for this server? A custom header may override it.',
  permission_error: 'Ask your provider to allow the model for this key, or choose another model.',
  billing_error: 'Check the balance and the spending limit of the account.',
  not_found_error: 'Check the name of the model and the base URL: --model, --model-map, --openai-url.',
  rate_limit_error: 'Wait a minute, and run doctor again.',
  overloaded_error: 'Wait a minute, and run doctor again.',
  timeout_error: 'Check that the server is running and not busy with other requests.',
}
const usualRemedy = 'Check the base URL, and the log of the server.'

/** The product resends without a refused part: that part is in `leftOut`. */
const leftOutRemedy = 'Claude Code works without it. Another --provider may fit this server better.'

const failed = ({ type, message }: GatewayError, { title, apiKey }: SetUp['connection']): Finding =>
  fail(apiKey?.hiddenIn(message) ?? message, remedies[type] ?? usualRemedy, { error: type, upstream: title })

type Evaluate<T> = (value: T) => Finding

const evaluated = <T>(outcome: ProbeOutcome<T>, setUp: SetUp, evaluate: Evaluate<T>): Finding => {
  if (outcome.error !== undefined) return failed(outcome.error, setUp.connection)
  if (outcome.leftOut.length === 0) return evaluate(outcome.value)
  const leftOut = outcome.leftOut.join('; ')
  return warn(`works only without ${leftOut}: the server refuses that`, leftOutRemedy, { leftOut })
}

const tools: Evaluate<Message> = ({ content }) =>
  content.some((block) => block.type === 'tool_use' && block.name === toolName)
    ? ok('the model called one')
    : warn(
        'the model was to call a tool, and answered in words',
        'Claude Code needs tool calls. Choose a model that supports them; vLLM needs --enable-auto-tool-choice, llama.cpp --jinja.',
      )

const usage: Evaluate<Message> = ({ usage: { input_tokens: input, output_tokens: output } }) =>
  ok(`${input} tokens in, ${output} out`, { input, output })

const thoughts: Evaluate<Message> = ({ content }) =>
  content.some(({ type }) => type === 'thinking')
    ? ok('the model thought before it answered')
    : info('no thinking came: the model does not think, or does not show it')

const readStream = async (batches: AsyncIterable<EventBatch>): Promise<{ readonly deltas: number }> => {
  let deltas = 0
  for await (const batch of batches) deltas += batch.filter(({ type }) => type === 'content_block_delta').length
  return { deltas }
}

const streaming: Evaluate<{ readonly deltas: number }> = ({ deltas }) =>
  deltas > 1
    ? ok(`the response came in ${deltas} pieces`)
    : warn(
        'the response came in one piece',
        'A proxy on the way may collect it. Ask its operator to let event streams pass.',
      )

const titles = {
  provider: 'Provider',
  model: 'Main model',
  'small-model': 'Small model',
  streaming: 'Streaming',
  tools: 'Tools',
  usage: 'Usage',
  images: 'Images',
  thinking: 'Thinking',
} as const
type CheckId = keyof typeof titles

interface Models {
  readonly main: string
  readonly small: string
  /** The vision model, where there is one. */
  readonly seeing: string
}

const modelsOf = ({ model, smallModel, loaded: { config } }: SetUp): Models => {
  const main = model.model.id
  return { main, small: smallModel.model.id, seeing: readOpenAiSettings(config).routing.visionModel ?? main }
}

/** The requests that cost tokens. */
export const openAiRequests = (setUp: SetUp): MessagesRequest[] => {
  const { main, small, seeing } = modelsOf(setUp)
  return [
    hello(main),
    ...(small === main ? [] : [hello(small)]),
    counting(main),
    toolCall(main),
    image(seeing),
    thinking(main),
  ]
}

const providerFinding = ({ loaded: { config }, connection }: SetUp): Finding => {
  const { provider } = readOpenAiSettings(config)
  const from = config.openai.provider === undefined ? `by the host ${connection.title}` : 'by --provider'
  const data = { provider: provider.id, address: connection.address }
  if (provider.id === 'unknown')
    return info(`${connection.address}: unknown, treated as plain OpenAI-compatible (--provider names one)`, data)
  const window = provider.id === 'ollama' ? '. Its context window is num_ctx of the server: set at least 32768' : ''
  return ok(`${provider.id} (${from}), ${connection.address}${window}`, data)
}

const checksOf = (setUp: SetUp, session: Session): Readonly<Record<CheckId, () => Finding | Promise<Finding>>> => {
  const { main, small, seeing } = modelsOf(setUp)
  const names = { main: clientNameOf(setUp.model.model), small: clientNameOf(setUp.smallModel.model) }
  let first: Promise<ProbeOutcome<Message>> | undefined
  const mainAnswer = (): Promise<ProbeOutcome<Message>> => {
    first ??= session.message(hello(main))
    return first
  }
  const answers = (name: string, id: string, outcome: ProbeOutcome<Message>): Finding =>
    evaluated(outcome, setUp, () => ok(`${name} is ${id}, which answers (${outcome.ms} ms)`, { ms: outcome.ms }))
  /** Most work goes on without it. */
  const spared = (finding: Finding): Finding => (finding.status === 'fail' ? { ...finding, status: 'warn' } : finding)
  const send = async (request: MessagesRequest, evaluate: Evaluate<Message>): Promise<Finding> =>
    evaluated(await session.message(request), setUp, evaluate)
  return {
    provider: () => providerFinding(setUp),
    model: async () => answers(names.main, main, await mainAnswer()),
    'small-model': async () =>
      answers(names.small, small, small === main ? await mainAnswer() : await session.message(hello(small))),
    streaming: async () =>
      evaluated(
        await session.attempt(main, async (upstream, context) =>
          readStream(await upstream.stream(counting(main), context)),
        ),
        setUp,
        streaming,
      ),
    tools: () => send(toolCall(main), tools),
    usage: async () => evaluated(await mainAnswer(), setUp, usage),
    images: async () => spared(await send(image(seeing), () => ok(`${seeing} accepts them`))),
    thinking: async () => spared(await send(thinking(main), thoughts)),
  }
}

interface OpenAiOptions {
  readonly endpointUrl: string
  readonly probe: () => Promise<EndpointProbe | undefined>
}

const ids = Object.keys(titles) as CheckId[]

export const openAiChecks = (
  { setUp, io, isOffline, isSimulated }: DoctorContext,
  { endpointUrl, probe }: OpenAiOptions,
): CheckGroup => {
  const title = setUp?.connection.title ?? 'OpenAI-compatible server'
  const isKeyMissing =
    setUp?.connection.apiKey === undefined && setUp?.connection.isKeyOptional !== true && !isSimulated
  const reason = isOffline ? '--offline: no requests' : isKeyMissing ? 'there is no key' : undefined
  if (setUp === undefined || reason !== undefined) {
    const why = setUp === undefined ? fixConfigurationFirst : (reason ?? '')
    return { title, checks: ids.map((id) => ({ id: `openai.${id}`, title: titles[id], run: () => skip(why) })) }
  }
  const session = openSession({
    config: setUp.loaded.config,
    endpointUrl,
    apiKey: requireKey(setUp, io),
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
  })
  const run = checksOf(setUp, session)
  const unreachable = async (): Promise<string | undefined> => {
    const probed = await probe()
    return probed !== undefined && 'error' in probed ? `${title} is not reached` : undefined
  }
  const checkOf = (id: CheckId): Check => {
    const check = { id: `openai.${id}`, title: titles[id], run: run[id] }
    return id === 'provider' ? check : unless(unreachable, check)
  }
  return { title, checks: ids.map(checkOf) }
}
