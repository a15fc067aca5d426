import { readFileSync } from 'node:fs'
import type { ArgsDef } from 'citty'
import { GatewayError } from '../base/errors.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Scenario } from '../simulator/reply.ts'
import { parseScenario } from '../simulator/scenario-file.ts'
import { type JournalEntry, type Simulator, type SimulatorOptions, startSimulator } from '../simulator/server.ts'
import { productName } from '../version.ts'
import { commonFlags, parseFlags } from './arguments.ts'
import type { Io } from './io.ts'
import { portOwner } from './port-owner.ts'
import { untilStopped } from './server-lifecycle.ts'

const defaultPort = 4142

export const simulateFlags: ArgsDef = {
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
  try {
    return parseScenario(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof GatewayError) throw new UsageError(`The scenario ${path}: ${error.message}.`)
    throw new UsageError(`The scenario ${path} cannot be read.`)
  }
}

const parsePort = (text: string | undefined): number => {
  if (text === undefined) return defaultPort
  const port = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError('--port must be a whole number from 0 to 65535.')
}

/** Names, sizes and verdicts, never the words of a request. */
const lineFor = ({ method, path, status, refusal }: JournalEntry): string =>
  `${method} ${path} ${status}${refusal === undefined ? '' : ` refused: ${refusal}`}\n`

const startOrExplain = async (
  options: SimulatorOptions & { port: number; hostname: string },
  platform: string,
): Promise<Simulator> => {
  try {
    return startSimulator(options)
  } catch (error) {
    const { hostname, port } = options
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) {
      throw new UsageError(`Cannot listen on ${hostname}:${port}. Is --host an address of this machine?`)
    }
    const owner = await portOwner(hostname, port, platform)
    throw new UsageError(
      `Port ${port} on ${hostname} is taken${owner === undefined ? '' : ` by ${owner}`}. Choose another with --port.`,
    )
  }
}

/** `nexus-claude-api simulate`. Rejects with UsageError; resolves when it was told to end. */
export const runSimulate = async (rawArgs: readonly string[], io: Io): Promise<void> => {
  const flags = parseFlags('simulate', simulateFlags, rawArgs)
  const text = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const apiKey = text('api-key')
  const scenarioPath = text('scenario')
  const simulator = await startOrExplain(
    {
      hostname: text('host') ?? '127.0.0.1',
      port: parsePort(text('port')),
      ...(apiKey && { apiKey }),
      ...(scenarioPath && { scenario: readScenario(scenarioPath) }),
      onRequest: (entry) => io.err(lineFor(entry)),
    },
    io.machine.platform,
  )
  io.err(`A simulated AI Nexus at ${simulator.url}. Use it with:\n`)
  io.out(`${productName} start --endpoint-url ${simulator.url} --api-key ${apiKey ? '<the key>' : 'any'}\n`)
  await untilStopped({ ...simulator, hostname: '', stop: () => simulator.stop() }, io.err)
}
