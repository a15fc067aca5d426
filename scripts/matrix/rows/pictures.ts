import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** Many pictures, and pictures of MCP servers. */

const named = (name: string) => caseNamed(cases, name)

export const pictureRows: readonly Row[] = [
  {
    id: 'media_limit',
    name: 'More images than Bedrock accepts',
    group: 'ours',
    what: 'Reads 25 images in one conversation.',
    cases: () => [
      withChecks(
        named('25 images in a conversation, more than Bedrock accepts'),
        'no request has more than 20 images, and each image has the bytes of its file',
        'each tool result is there, also without its image',
      ),
    ],
  },
  {
    id: 'mcp_image_result',
    name: 'Image of an MCP tool',
    group: 'ours',
    what: 'Calls a tool of an MCP server that returns a text and an image.',
    cases: () => [
      withChecks(
        named('an image in the result of an MCP tool'),
        'the second request has the image, with the bytes that the MCP server sent, and the text',
      ),
    ],
  },
]
