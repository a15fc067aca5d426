import type { Config } from '../config/load.ts'
import type { Simulator } from '../simulator/exchange.ts'
import { faceNames } from '../simulator/openai-chat/face-name.ts'
import { startSimulator } from '../simulator/server.ts'
import { readOpenAiSettings } from '../upstreams/openai/settings.ts'

/** The simulator plays the provider that the configuration chooses, or OpenAI. */
const startOpenAi = async (config: Config): Promise<Simulator> => {
  // Only here: its tables take milliseconds of every start.
  const { startChatSimulator } = await import('../simulator/openai-chat/server.ts')
  const { provider } = readOpenAiSettings(config)
  const face = faceNames.find((name) => name === provider.id) ?? 'strict'
  return startChatSimulator({ face, isAnyModelServed: true })
}

/** The simulators behind `--simulate`, by the upstream that each one plays. */
const simulators: Readonly<Record<Config['upstream'], (config: Config) => Simulator | Promise<Simulator>>> = {
  nexus: () => startSimulator(),
  openai: startOpenAi,
}

/** What `--simulate` plays, for people. */
export const simulatedNames: Readonly<Record<Config['upstream'], string>> = {
  nexus: 'AI Nexus',
  openai: 'an OpenAI-compatible server',
}

/** Without a configuration that can be read it is AI Nexus. */
export const startSimulatorFor = async (config: Config | undefined): Promise<Simulator> =>
  config === undefined ? startSimulator() : simulators[config.upstream](config)
