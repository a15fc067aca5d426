import type { FaceName } from '../../src/simulator/openai-chat/face-name.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import type { SessionSetup } from './session.ts'

/** The simulated upstreams behind clients of the OpenAI API. */

export interface UpstreamRow {
  readonly name: string
  /** The same scenario for each upstream. */
  setup(scenario: Scenario<unknown>): Pick<SessionSetup, 'scenario' | 'chat' | 'anthropic'>
}

export const nexus: UpstreamRow = { name: 'nexus', setup: (scenario) => ({ scenario }) }

const never: Scenario = () => undefined

const chatServer = (face: FaceName, provider: string, model: string): UpstreamRow => ({
  name: face === 'strict' ? 'openai' : face,
  setup: (scenario) => ({
    scenario: never,
    chat: { face, provider, scenario, variables: { BIG_MODEL: model, SMALL_MODEL: model } },
  }),
})

export const openAi = chatServer('strict', 'openai', 'gpt-4.1')
/** Its thinking comes back in each turn. */
export const deepSeek = chatServer('deepseek', 'deepseek', 'deepseek-chat')

const anthropicKey = 'sk-ant-api03-of-the-server'

export const anthropic: UpstreamRow = {
  name: 'anthropic',
  setup: (scenario) => ({ scenario: never, anthropic: { scenario, apiKeys: [anthropicKey], apiKey: anthropicKey } }),
}
