import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** How Claude Code is started. The simulated Nexus gets a request only if the launch works. */

const named = (name: string) => caseNamed(cases, name)

export const launchRows: readonly Row[] = [
  {
    id: 'launch_behind_proxy',
    name: 'Launch behind an unreachable proxy',
    group: 'ours',
    what: 'Starts the client with `HTTPS_PROXY` of a proxy that does not answer: by the line of `start`, by `env`, by `claude`.',
    cases: () =>
      ['behind an unreachable proxy, by line', 'behind an unreachable proxy, by env']
        .map((name) => withChecks(named(name), 'one request arrives'))
        .concat(withChecks(named('in one step, behind an unreachable proxy'), 'two requests arrive, none repeated')),
  },
  {
    id: 'launch_signed_in',
    name: 'Launch of a client that is signed in elsewhere',
    group: 'ours',
    what: 'Starts a client with a stored sign-in to another gateway: the request reaches this server, not that gateway.',
    cases: () =>
      (['line', 'env', 'claude'] as const).map((way) =>
        withChecks(named(`launch_signed_in, by ${way}`), 'the first request arrives, with the default model'),
      ),
  },
  {
    id: 'gateway_mode',
    name: 'Gateway mode',
    group: 'ours',
    what: 'Starts the client with `CLAUDE_CODE_USE_GATEWAY=1`, and runs a command.',
    cases: () => [
      withChecks(
        named('in one step, in gateway mode'),
        'two requests arrive',
        'the second one begins with the first one',
      ),
    ],
  },
]
