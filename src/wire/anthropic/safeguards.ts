import { type Static, Type } from '@sinclair/typebox'
import { JsonObject, Maybe, Open } from '../schema.ts'

/**
 * A check of the response that the client requests. Observed from Claude Code in auto mode: `dangerous_tool_use`, with
 * home folder, working folder and permission rules as its context.
 */
export const Safeguard = Open({ type: Type.String(), classifier_context: Maybe(JsonObject) })
export type Safeguard = Static<typeof Safeguard>

/** The beta flag with which a client sends the field. */
export const safeguardsBeta = 'dangerous-tool-use-2026-09-03'

/**
 * Why a call has no verdict. Claude Code derives its instruction to the model from it: after `timeout` and `error`,
 * retry once; after `input_unparsed`, write the call differently. We never send `input_too_long`: it makes Claude Code
 * compact the conversation, which makes no call shorter.
 */
export type UnavailableReason = 'timeout' | 'error' | 'refused' | 'input_unparsed' | 'truncated'

/** The result for one call. Claude Code runs a call that needs a check only after `not_flagged`. */
export type ToolUseVerdict =
  | { readonly type: 'evaluated'; readonly outcome: 'flagged' | 'not_flagged'; readonly explanation?: string }
  /** The call needs no check. */
  | { readonly type: 'skipped' }
  | { readonly type: 'unavailable'; readonly reason: UnavailableReason }

export interface SafeguardResult {
  /** The safeguard's type. */
  readonly type: string
  readonly status: /** By the call's id. Empty for a response without calls: without it, the client assumes that no check ran. */
    | { readonly type: 'available'; readonly tool_uses: Readonly<Record<string, ToolUseVerdict>> }
    | { readonly type: 'unsupported' }
}
