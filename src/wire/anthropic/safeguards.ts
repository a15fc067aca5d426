import { type Static, Type } from '@sinclair/typebox'
import { JsonObject, Maybe, Open } from '../schema.ts'

/**
 * A check that the client wants of the answer. Seen from Claude Code in auto mode: `dangerous_tool_use`, with home
 * folder, working folder and permission rules as its context.
 */
export const Safeguard = Open({ type: Type.String(), classifier_context: Maybe(JsonObject) })
export type Safeguard = Static<typeof Safeguard>

/** The beta flag with which a client sends the field. */
export const safeguardsBeta = 'dangerous-tool-use-2026-09-03'

/**
 * Why a call has no verdict. Claude Code tells the model what to do by it: after `timeout` and `error` to try once
 * more, after `input_unparsed` to write the call in another way. A reason that it also knows, `input_too_long`, is for
 * the conversation: it compacts that, which makes no call shorter.
 */
export type UnavailableReason = 'timeout' | 'error' | 'refused' | 'input_unparsed' | 'truncated'

/** What the check says of one call. Claude Code runs a call that needs a check only after `not_flagged`. */
export type ToolUseVerdict =
  | { readonly type: 'evaluated'; readonly outcome: 'flagged' | 'not_flagged'; readonly explanation?: string }
  /** The call needs no check. */
  | { readonly type: 'skipped' }
  | { readonly type: 'unavailable'; readonly reason: UnavailableReason }

export interface SafeguardResult {
  /** Of the safeguard that it answers. */
  readonly type: string
  readonly status: /** By the call's id. Empty for an answer without calls: without a result the client takes the check for missing. */
    | { readonly type: 'available'; readonly tool_uses: Readonly<Record<string, ToolUseVerdict>> }
    | { readonly type: 'unsupported' }
}
