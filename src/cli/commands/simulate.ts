import type { ArgsDef } from 'citty'
import { GatewayError } from '../../base/errors.ts'
import { createLogger } from '../../base/logger.ts'
import { UsageError } from '../../base/usage-error.ts'
import { portType } from '../../config/settings/server.ts'
import { InputText, toValue } from '../../config/values.ts'
import type { JournalEntry, ServeOptions, Simulator } from '../../simulator/exchange.ts'
import { type FaceName, faceNames } from '../../simulator/openai-chat/face-name.ts'
import { type NexusProfile, nexusProfiles } from '../../simulator/profiles.ts'
import { withoutQuotes } from '../../simulator/refusal-quotes.ts'
import type { Scenario } from '../../simulator/reply.ts'
import { parseScenario } from '../../simulator/scenario-file.ts'
import { type SimulatorOptions, startSimulator } from '../../simulator/server.ts'
import { productName } from '../../version.ts'
import { readNamed } from '../config/config-input.ts'
import { createLogSink } from '../log/log-sink.ts'
import { commonFlags, textFlag } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import type { Flags, ParsedArguments } from '../parse/parsed-arguments.ts'
import { endingSignals, listenOrExplain, surviveFaults, untilStopped } from '../server-lifecycle.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

const defaultPort = 4142

const kinds = ['nexus', 'openai', 'anthropic'] as const
type Kind = (typeof kinds)[number]

const simulateFlags: ArgsDef = {
  port: {
    type: 'string',
    alias: 'p',
    valueHint: 'port',
    description: `Listen on this port; 0 for any free port (default ${defaultPort})`,
  },
  host: { type: 'string', alias: 'H', valueHint: 'address', description: 'Listen on this address (default 127.0.0.1)' },
  'api-key': { type: 'string', valueHint: 'key', description: 'Accept only this key (default any key)' },
  scenario: {
    type: 'string',
    valueHint: 'file',
    description: 'Read the answers from this JSON file (default repeat the prompt)',
  },
  kind: {
    type: 'string',
    valueHint: 'kind',
    description: `Simulate this upstream: ${kinds.join(', ')} (default ${kinds[0]})`,
  },
  face: {
    type: 'string',
    valueHint: 'name',
    description: `Imitate this server, with --kind openai: ${faceNames.join(', ')} (default ${faceNames[0]})`,
  },
  nexus: {
    type: 'string',
    valueHint: 'name',
    description: `Refuse what this AI Nexus refuses, with --kind nexus: ${nexusProfiles.join(', ')} (default strict)`,
  },
  ...commonFlags,
}

const readScenario = (path: string): Scenario<unknown> => {
  const text = readNamed(path, 'scenario')
  try {
    return parseScenario(text)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    throw new UsageError(`The scenario ${path}: ${error.message}. See docs/simulator.md for the format.`)
  }
}

const parsePort = (given: Flags[string]): number =>
  typeof given === 'string' ? Number(toValue({ type: portType }, new InputText(given), '--port')) : defaultPort

const plain = { format: 'text', file: undefined, color: false, now: () => new Date() } as const

/** Contains method, path, status and the refusal's rule, never text of the request. */
const lineFor = ({ method, path, status, refusal }: JournalEntry): string =>
  `${method} ${path} ${status}${refusal === undefined ? '' : ` refused: ${withoutQuotes(refusal)}`}\n`

const parseChoice = <T extends string>(
  given: string | undefined,
  options: readonly T[],
  flag: string,
): T | undefined =>
  given === undefined ? undefined : (toValue({ type: { kind: 'choice', options } }, new InputText(given), flag) as T)

interface Imitated {
  readonly kind: Kind
  readonly face: FaceName
  readonly profile: NexusProfile
}

/** Throws UsageError for --face and --nexus with a kind that does not have them. */
const parseKind = (flags: Flags): Imitated => {
  const kind = parseChoice(textFlag(flags, 'kind'), kinds, '--kind') ?? 'nexus'
  const face = parseChoice(textFlag(flags, 'face'), faceNames, '--face')
  if (face !== undefined && kind !== 'openai') throw new UsageError('--face needs --kind openai.')
  const profile = parseChoice(textFlag(flags, 'nexus'), nexusProfiles, '--nexus')
  if (profile !== undefined && kind !== 'nexus') throw new UsageError('--nexus needs --kind nexus.')
  return { kind, face: face ?? 'strict', profile: profile ?? 'strict' }
}

/** What the command starts, and what it says of it. */
interface Simulated {
  readonly what: string
  readonly start: () => Simulator
  /** Flags of `start` for a server with the simulator as its upstream. */
  readonly flagsFor: (url: string) => string
}

type Options = ServeOptions<unknown> & Pick<SimulatorOptions, 'apiKey'>

/** The value of --provider for a server that uses this face as its upstream. */
const providerOf = (face: FaceName): string => (face === 'strict' || face === 'gpt-5.6' ? 'openai' : face)

const simulatedOpenAi = async (face: FaceName, options: Options): Promise<Simulated> => {
  // Loaded only here, because its tables would slow down every start by milliseconds.
  const { faces } = await import('../../simulator/openai-chat/faces.ts')
  const { startChatSimulator } = await import('../../simulator/openai-chat/server.ts')
  const model = faces[face].models[0]?.id
  return {
    what: `OpenAI-compatible server (${face})`,
    start: () => startChatSimulator({ ...options, face }),
    flagsFor: (url) => `--upstream openai --openai-url ${url}/v1 --provider ${providerOf(face)} --model ${model}`,
  }
}

const simulatedAnthropic = async ({ apiKey, ...options }: Options): Promise<Simulated> => {
  const { startAnthropicSimulator } = await import('../../simulator/anthropic/server.ts')
  return {
    what: 'Anthropic API',
    start: () => startAnthropicSimulator({ ...options, ...(apiKey && { apiKeys: [apiKey] }), isAnyModelServed: true }),
    flagsFor: (url) => `--upstream anthropic --anthropic-url ${url}`,
  }
}

const simulatedNexus = (profile: NexusProfile, options: Options): Simulated => ({
  what: profile === 'strict' ? 'AI Nexus' : `AI Nexus (${profile})`,
  start: () => startSimulator({ ...options, profile }),
  flagsFor: (url) => `--endpoint-url ${url}`,
})

const simulated = ({ kind, face, profile }: Imitated, options: Options): Simulated | Promise<Simulated> => {
  switch (kind) {
    case 'nexus':
      return simulatedNexus(profile, options)
    case 'openai':
      return simulatedOpenAi(face, options)
    case 'anthropic':
      return simulatedAnthropic(options)
  }
}

const runSimulate = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  const hostname = textFlag(flags, 'host') ?? '127.0.0.1'
  const port = parsePort(flags['port'])
  const apiKey = textFlag(flags, 'api-key')
  const scenarioPath = textFlag(flags, 'scenario')
  const imitated = parseKind(flags)
  const options: Options = {
    hostname,
    port,
    ...(apiKey && { apiKey }),
    ...(scenarioPath && { scenario: readScenario(scenarioPath) }),
    onRequest: (entry) => printer(io).info(lineFor(entry)),
  }
  const { what, start, flagsFor } = await simulated(imitated, options)
  const simulator = await listenOrExplain(start, { hostname, port })
  printer(io).info(`The simulated ${what} listens at ${simulator.url}. Use it with:`)
  io.out(`${productName} start ${flagsFor(simulator.url)} --api-key ${apiKey ? '<the key>' : 'any'}\n`)
  surviveFaults(createLogger('error', createLogSink({ ...plain, write: io.err })))
  const nothing = (): void => {}
  const ending = { drain: nothing, begin: nothing, end: nothing, running: () => 0, stop: () => simulator.stop() }
  await untilStopped(ending, io.err, endingSignals(io.isTerminal))
}

/** Rejects with UsageError; resolves after a signal ends the simulator. */
export const simulateCommand: Command = {
  name: 'simulate',
  description: 'Run a simulated AI Nexus, OpenAI-compatible server or Anthropic API, to try things without a key',
  args: simulateFlags,
  examples: [
    { line: `${productName} simulate`, what: `Simulate AI Nexus on port ${defaultPort}` },
    { line: `${productName} simulate --scenario answers.json`, what: 'Read the answers from a file' },
    { line: `${productName} simulate --kind openai --face ollama`, what: 'Simulate Ollama' },
    { line: `${productName} simulate --kind anthropic`, what: "Simulate Anthropic's API" },
  ],
  run: runSimulate,
}
