import type { ArgsDef } from 'citty'
import { GatewayError } from '../../base/errors.ts'
import { createLogger } from '../../base/logger.ts'
import { UsageError } from '../../base/usage-error.ts'
import { portType } from '../../config/settings/server.ts'
import { InputText, toValue } from '../../config/values.ts'
import type { JournalEntry } from '../../simulator/exchange.ts'
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

const defaultPort = 4142

const simulateFlags: ArgsDef = {
  port: {
    type: 'string',
    alias: 'p',
    valueHint: 'port',
    description: `Port to listen on; 0 for any free one (default ${defaultPort})`,
  },
  host: { type: 'string', alias: 'H', valueHint: 'address', description: 'Address to listen on (default 127.0.0.1)' },
  'api-key': { type: 'string', valueHint: 'key', description: 'The one key that is accepted (default any)' },
  scenario: { type: 'string', valueHint: 'file', description: 'What to answer, as JSON (default an echo)' },
  ...commonFlags,
}

const readScenario = (path: string): Scenario => {
  const text = readNamed(path, 'scenario')
  try {
    return parseScenario(text)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    throw new UsageError(`The scenario ${path}: ${error.message}. See docs/simulator.md for its form.`)
  }
}

const parsePort = (given: Flags[string]): number =>
  typeof given === 'string' ? Number(toValue({ type: portType }, new InputText(given), '--port')) : defaultPort

/** What a refusal quotes of its request: names of tools, ids, members that nobody knows. */
const quotes: readonly RegExp[] = [
  /(?<=^The tool ).+(?= (?:is already defined )?at toolConfig)/s,
  /(?<=for the following Ids: ).+/s,
  /(?<=#).*(?=: extraneous key )/s,
  /(?<=(?:: extraneous key|must be set, found) \[).*(?=\])/s,
  /(?<=(?:Input tag|property) ').*(?=' (?:found|is))/s,
  /(?<=errors: ).*(?=: Extra inputs)/s,
  /(?<="thinking\.type\.).*(?=")/s,
]

const withoutQuotes = (refusal: string): string => quotes.reduce((words, quote) => words.replace(quote, '...'), refusal)

const plain = { format: 'text', file: undefined, color: false, now: () => new Date() } as const

/** Names, sizes and verdicts, never the words of a request. */
const lineFor = ({ method, path, status, refusal }: JournalEntry): string =>
  `${method} ${path} ${status}${refusal === undefined ? '' : ` refused: ${withoutQuotes(refusal)}`}\n`

const runSimulate = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  const hostname = textFlag(flags, 'host') ?? '127.0.0.1'
  const port = parsePort(flags['port'])
  const apiKey = textFlag(flags, 'api-key')
  const scenarioPath = textFlag(flags, 'scenario')
  const options: SimulatorOptions = {
    hostname,
    port,
    ...(apiKey && { apiKey }),
    ...(scenarioPath && { scenario: readScenario(scenarioPath) }),
    onRequest: (entry) => io.err(lineFor(entry)),
  }
  const simulator = await listenOrExplain(() => startSimulator(options), { hostname, port })
  io.err(`A simulated AI Nexus at ${simulator.url}. Use it with:\n`)
  io.out(`${productName} start --endpoint-url ${simulator.url} --api-key ${apiKey ? '<the key>' : 'any'}\n`)
  surviveFaults(createLogger('error', createLogSink({ ...plain, write: io.err })))
  const ending = { begin: () => {}, end: () => {}, running: () => 0, stop: () => simulator.stop() }
  await untilStopped(ending, io.err, endingSignals(io.isTerminal))
}

/** A Nexus of one's own. Rejects with UsageError; resolves when it was told to end. */
export const simulateCommand: Command = {
  name: 'simulate',
  description: 'Run a local AI Nexus, for trying things out without a key',
  args: simulateFlags,
  examples: [
    { line: `${productName} simulate`, what: `A simulated AI Nexus on port ${defaultPort}` },
    { line: `${productName} simulate --scenario answers.json`, what: 'One that answers what a file says' },
  ],
  run: runSimulate,
}
