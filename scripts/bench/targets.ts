import { binary } from '../support/binary.ts'
import { earlier, ours, product, productLaunch, type Target, variant } from './target.ts'

const direct: Target = { id: 'direct', title: 'direct', wire: 'converse' }
const pass: Target = { id: 'pass', title: 'pass', wire: 'converse', launch: ours('pass.ts') }

/** Another upstream or entrance, as a multiple of the cost of the Messages API with Converse. */
const otherProtocolGoal = 1.3

/** Chat Completions in the short rounds of `--guard`, as a multiple of Converse's cost. */
const openAiGuard = 1.6

/**
 * OpenAI's protocols in front, in the short rounds of `--guard`, as a multiple of the Messages API's cost: 1.3, and
 * noise. A stream of Responses repeats the tools of its request, which are 57 KB here.
 */
const entranceGuards = { chat: 1.7, responses: 2 } as const

/** Clients of OpenAI's protocols, in front of the same upstream. */
const openAiClients = (program: string): readonly Target[] =>
  (['chat', 'responses'] as const).map((wire) => ({
    id: wire,
    title: `product, clients of ${wire}`,
    wire,
    launch: productLaunch(program, 'nexus'),
    mark: 'product',
    goal: otherProtocolGoal,
    guard: { mark: 'product', limit: entranceGuards[wire] },
  }))

const bare: Target = { id: 'bare', title: 'bare', wire: 'anthropic', launch: ours('bare.ts') }

/** The programs to compare. */
export interface Programs {
  readonly program?: string | undefined
  /** The program of an earlier commit. */
  readonly before?: string | undefined
  /** Variables of one target more. */
  readonly variables?: Readonly<Record<string, string>>
}

/** The program with default settings, with other settings, and the one of an earlier commit. */
const products = ({ program = binary, before, variables = {} }: Programs): readonly Target[] => [
  { ...product(program), mark: 'bare', goal: 'row', guard: { mark: 'bare' } },
  ...earlier(before),
  ...variant(program, variables),
]

/** Programs that translate. */
export const translators = (programs: Programs = {}): readonly Target[] => {
  const { program = binary } = programs
  return [
    direct,
    pass,
    bare,
    ...products(programs),
    {
      id: 'openai',
      title: 'product, upstream openai',
      wire: 'anthropic',
      upstreamWire: 'chat',
      launch: productLaunch(program, 'openai'),
      mark: 'product',
      goal: otherProtocolGoal,
      guard: { mark: 'product', limit: openAiGuard },
    },
    ...openAiClients(program),
  ]
}

/** Programs for long sessions. */
export const sessionServers = (programs: Programs = {}): readonly Target[] => [pass, bare, ...products(programs)]

/** Programs whose streams are measured next to other requests. `pass` does not know which requests want a stream. */
export const gapServers = (programs: Programs = {}): readonly Target[] => [direct, bare, ...products(programs)]

/** A request's classification parses its body, while the answer is on its way. */
const classifiedGoal = 3.5
/** 6.5 was measured for 149 KB, and machines differ by a tenth. */
const classifiedGuard = 8

/** Programs that forward bytes of Anthropic's protocol. */
export const forwarders = ({ program = binary, before }: Programs = {}): readonly Target[] => {
  const native = { wire: 'anthropic', upstreamWire: 'anthropic' } as const
  const launch = (classify: 'on' | 'off', build: string) =>
    productLaunch(build, 'anthropic', { environment: { NEXUS_ANTHROPIC_CLASSIFY: classify } })
  return [
    { ...direct, ...native },
    { ...pass, ...native },
    {
      id: 'anthropic',
      title: 'product, upstream anthropic',
      ...native,
      launch: launch('off', program),
      goal: 'row',
      guard: { mark: 'pass' },
    },
    ...(before === undefined
      ? []
      : [
          {
            id: 'before-anthropic',
            title: 'before, upstream anthropic',
            ...native,
            launch: launch('off', before),
            mark: 'anthropic',
          },
        ]),
    {
      id: 'classified',
      title: 'the same, with classification',
      ...native,
      launch: launch('on', program),
      goal: classifiedGoal,
      guard: { mark: 'pass', limit: classifiedGuard },
    },
  ]
}
