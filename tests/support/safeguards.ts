import type { Json } from '../../src/base/json.ts'
import { SimulatedConverseRequest } from '../../src/simulator/converse-request.ts'
import type { ReplyBlock, Scenario, SimulatedRequest } from '../../src/simulator/reply.ts'
import { checkedCalls, isSafetyCheck } from '../../src/simulator/safety-check.ts'
import { request } from './chain.ts'

/** Requests of a client in auto mode, and a model that calls tools and checks calls. */

export const workFolder = '/home/me/work'

/** A part of what Claude Code sends, as far as tests need it. */
export const classifierContext = (members: object = {}): Json => ({
  v: 1,
  permission_mode: 'auto',
  platform: 'linux',
  live_cwd: workFolder,
  home_dir: '/home/me',
  trusted_directories: {
    primary: { path: workFolder, resolved: [workFolder] },
    additional: [],
    network: [],
    block_reads_outside_working_directories: false,
  },
  rules: { allow: [], deny: [], ask: [] },
  auto_mode: { allow: [], soft_deny: [], hard_deny: [], environment: [] },
  restricted: false,
  git_state: { cwd: workFolder, root: null, branch: null, default_branch: null, visibility: { remotes: [] } },
  refused_calls: [],
  ...members,
})

export const inAutoMode = (members: object = {}, context: object = {}): Record<string, unknown> =>
  request({
    safeguards: [{ type: 'dangerous_tool_use', classifier_context: classifierContext(context) }],
    tools: ['Bash', 'Write', 'Read'].map((name) => ({ name, input_schema: { type: 'object' } })),
    ...members,
  })

export const bashCall = (id: string, command: string): ReplyBlock => ({ tool: 'Bash', id, input: { command } })

/** A model that answers with `content`, and to a safety check with the reply of `check`. */
export const agentReplies =
  (content: readonly ReplyBlock[], check: Scenario = () => undefined): Scenario =>
  (request) =>
    isSafetyCheck(request) ? check(request) : { content }

/** Reports exactly these verdicts. */
export const verdictReply =
  (...verdicts: readonly object[]): Scenario =>
  () => ({ content: [{ tool: 'report_verdicts', input: { verdicts } }] })

export const safetyChecksIn = (bodies: readonly { readonly body: unknown }[]): SimulatedRequest['body'][] =>
  bodies
    .map(({ body }) => body as SimulatedRequest['body'])
    .filter((body) => isSafetyCheck(new SimulatedConverseRequest(body)))

/** The ids that a check is about. */
export const checkedIdsIn = (body: SimulatedRequest['body']): string[] =>
  checkedCalls(new SimulatedConverseRequest(body)).map(({ id }) => id)
