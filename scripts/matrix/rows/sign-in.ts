import assert from 'node:assert/strict'
import type { Case } from '../../e2e/case.ts'
import { bodies } from '../../e2e/case.ts'
import { signInCases } from '../../e2e/cases/sign-in.ts'
import { isConversation } from '../../e2e/conversation.ts'
import { type MatrixCase, type Row, withChecks } from '../row.ts'

/** A client that is signed in to this server. */

const tokens = /nca_[a-z]+_/

/** Of many starts of the client and the server. */
const limitSeconds = 300

const withoutTokens = (test: Case): MatrixCase =>
  withChecks(
    {
      ...test,
      limitSeconds,
      async play(session) {
        await test.play(session)
        assert.ok(bodies(session).filter(isConversation).length > 1)
        assert.doesNotMatch(JSON.stringify(session.journal), tokens)
      },
    },
    'the turns of the client arrive, and no request has a token of the sign-in',
  )

export const signInRows: readonly Row[] = [
  {
    id: 'sign_in',
    name: 'Sign-in',
    group: 'ours',
    what: 'Signs in to this server, works, restarts, renews the tokens, and signs out; older versions with stored tokens.',
    cases: ({ version }) =>
      signInCases
        .filter(({ since }) => since === undefined || Bun.semver.order(version, since) >= 0)
        .map(withoutTokens),
  },
]
