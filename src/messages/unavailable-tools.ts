import { GatewayError, invalidRequest } from '../base/errors.ts'
import type { Path } from '../base/path.ts'
import type { MessagesRequest, TypedTool } from '../wire/anthropic/request.ts'
import type { Notes } from './notes.ts'

/** Tools that an upstream does not run: those of Anthropic's servers, and computer use. */

interface UnavailableTool {
  readonly tool: TypedTool
  readonly path: Path
  /** For people; undefined for a tool of which nothing is known. */
  readonly name: string | undefined
  /** The request has no other tool. */
  readonly isAlone: boolean
}

/** Whether the request's choice forces this tool. */
const isForced = ({ tool_choice: choice }: MessagesRequest, { tool, isAlone }: UnavailableTool): boolean =>
  (choice?.type === 'any' && isAlone) || (choice?.type === 'tool' && choice.name === tool.name)

/** Leaves a tool out with a note. Throws a 400 where the request forces it, and for a tool that is not known. */
export const leaveOutTool = (request: MessagesRequest, unavailable: UnavailableTool, notes: Notes): void => {
  const { tool, path, name } = unavailable
  if (name === undefined) {
    throw invalidRequest(
      [...path, 'type'],
      `tools of type '${tool.type}' are not supported by this endpoint`,
      'tools of this type are not supported by this endpoint',
    )
  }
  const sentence = `${name} is not available on this endpoint`
  if (isForced(request, unavailable)) throw new GatewayError('invalid_request_error', sentence, { isLoggable: true })
  notes.changed(path, `server tool removed: ${sentence}`)
}
