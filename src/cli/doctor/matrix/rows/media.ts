import { image } from '../../probe-requests.ts'
import { type MatrixRow, ofOneRequest } from '../row.ts'
import { imageResult, pdf } from '../row-requests.ts'

export const mediaRows: readonly MatrixRow[] = [
  { id: 'vision', name: 'Vision', group: 'published', what: 'an image is accepted', ...ofOneRequest(image) },
  {
    id: 'mcp_image_result',
    name: 'Image in a tool result',
    group: 'ours',
    what: 'an image in the result of a tool is accepted',
    ...ofOneRequest(imageResult),
  },
  { id: 'pdf_input', name: 'PDF input', group: 'published', what: 'a PDF is accepted', ...ofOneRequest(pdf) },
]
