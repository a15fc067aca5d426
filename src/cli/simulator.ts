import type { Config } from '../config/load.ts'
import type { Simulator } from '../simulator/exchange.ts'
import { startChatSimulator } from '../simulator/openai-chat/server.ts'
import { startSimulator } from '../simulator/server.ts'

/** The simulators behind `--simulate`, by the upstream that each one plays. */
const simulators: Readonly<Record<Config['upstream'], () => Simulator>> = {
  nexus: () => startSimulator(),
  openai: () => startChatSimulator({ isAnyModelServed: true }),
}

/** What `--simulate` plays, for people. */
export const simulatedNames: Readonly<Record<Config['upstream'], string>> = {
  nexus: 'AI Nexus',
  openai: 'an OpenAI-compatible server',
}

export const startSimulatorFor = (upstream: Config['upstream']): Simulator => simulators[upstream]()
