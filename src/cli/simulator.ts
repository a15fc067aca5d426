import type { Config } from '../config/load.ts'
import type { Simulator } from '../simulator/exchange.ts'
import { faceNames } from '../simulator/openai-chat/face-name.ts'
import { startSimulator } from '../simulator/server.ts'
import { readOpenAiSettings } from '../upstreams/openai/settings.ts'

/** Plays the configured provider, or OpenAI for a provider without a face. */
const startOpenAi = async (config: Config): Promise<Simulator> => {
  // Loaded here only: its tables would cost 5 ms of each start.
  const { startChatSimulator } = await import('../simulator/openai-chat/server.ts')
  const { provider } = readOpenAiSettings(config)
  const face = faceNames.find((name) => name === provider.id) ?? 'strict'
  return startChatSimulator({ face, isAnyModelServed: true })
}

const startAnthropic = async (): Promise<Simulator> => {
  const { startAnthropicSimulator } = await import('../simulator/anthropic/server.ts')
  return startAnthropicSimulator({ isAnyModelServed: true })
}

/** The simulators behind `--simulate`, by the upstream that each one plays. */
const simulators: Readonly<Record<Config['upstream'], (config: Config) => Simulator | Promise<Simulator>>> = {
  nexus: () => startSimulator(),
  openai: startOpenAi,
  anthropic: startAnthropic,
}

/** What `--simulate` plays, for people. */
export const simulatedNames: Readonly<Record<Config['upstream'], string>> = {
  nexus: 'AI Nexus',
  openai: 'an OpenAI-compatible server',
  anthropic: "Anthropic's API",
}

/** AI Nexus for a configuration that cannot be read. */
export const startSimulatorFor = async (config: Config | undefined): Promise<Simulator> =>
  config === undefined ? startSimulator() : simulators[config.upstream](config)
