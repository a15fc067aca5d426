import { behindClaudeGateway } from '../../e2e/cases/behind-claude-gateway.ts'
import { hook } from '../../e2e/cases/small-requests.ts'
import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** Features of the client that need more than a turn of the model. */

const named = (name: string) => caseNamed(cases, name)

const pickerRow: Row = {
  id: 'model_picker',
  name: 'Model picker',
  group: 'ours',
  what: 'Opens the list of `/model`, and chooses from it: it has the models of Nexus alone, with the right window.',
  cases: () =>
    (['by the printed line', 'in one step'] as const).map((way) =>
      withChecks(
        named(`the list of /model has the models of Nexus alone, ${way}`),
        'the request goes to the model that the list shows',
      ),
    ),
}

const autoModeRow: Row = {
  id: 'auto_mode',
  name: 'Auto mode',
  group: 'ours',
  what: 'Runs a command outside the folder and a sub-agent in auto mode: the server checks them, and once the client.',
  since: { version: '2.1.278', reason: 'the first version that requires the check from the server' },
  cases: () => [
    withChecks(
      named('auto mode: a command outside the folder, checked by the server, in a terminal'),
      'one request checks the command',
    ),
    withChecks(
      named('auto mode: the server checks the start of a subagent and its command'),
      'requests check the start of the sub-agent and its command',
    ),
    withChecks(
      named('auto mode: a command outside the folder, checked by the client, in a terminal'),
      'no request of the server checks a command',
    ),
  ],
}

const webFetchRow: Row = {
  id: 'web_fetch',
  name: 'Web fetch',
  group: 'ours',
  what: 'Fetches a page from an HTTPS server on this machine, and lets the small model summarise it.',
  cases: () =>
    ['with the settings of the documentation', 'in one step'].map((way) =>
      withChecks(
        named(`WebFetch of a page, summarised by the small model, ${way}`),
        'one request with the page goes to the small model',
      ),
    ),
}

const smallRequestsRow: Row = {
  id: 'hooks_and_title',
  name: 'Hooks, titles and quota',
  group: 'ours',
  what: 'Lets the small model answer a hook and write a title, both with a schema, and requests one output token.',
  cases: ({ nexus }) => [
    nexus === 'poor'
      ? withChecks(hook('without a schema'), 'the small model gets the rules of the schema in the system prompt')
      : withChecks(hook('with a schema'), 'the small model gets the schema of the hook'),
    // Its check is the schema, which the poor Nexus refuses.
    ...(nexus === 'poor'
      ? []
      : [withChecks(named('a title request with a JSON schema'), 'the small model gets the schema of the title')]),
    withChecks(named('a request with one output token'), 'the request has `maxTokens: 1`'),
  ],
}

/** The oldest version whose gateway is known to accept the setting `modelPicker`. */
const pickerInGateway = '2.1.265'

const behindClaudeGatewayRow: Row = {
  id: 'behind_claude_gateway',
  name: "Behind Anthropic's own gateway",
  group: 'ours',
  what: 'Signs in to `claude gateway`, which has this server as its upstream: a turn, a count, a prompt that is too long.',
  notApplicable: ({ version }) =>
    Bun.semver.order(version, pickerInGateway) < 0
      ? 'its gateway does not know `modelPicker`, which the configuration of docs/behind-claude-gateway.md has'
      : undefined,
  cases: ({ nexus }) => [
    withChecks(
      behindClaudeGateway(nexus === 'lenient' ? 'no limit' : 'limit'),
      'the requests of a turn arrive, and the second one begins with the first one',
    ),
  ],
}

export const clientFeatureRows: readonly Row[] = [
  pickerRow,
  behindClaudeGatewayRow,
  autoModeRow,
  webFetchRow,
  smallRequestsRow,
]
