import { create } from './dom.ts'

/** Writes names, which clients and upstreams choose, into narrow columns. */

const fullModel = /^(?:\w+\.)*(?:anthropic\.)?claude-(.+?)(?:-v\d+(?::\d+)?)?$/

/** `opus-4-5-20251101` of `eu.anthropic.claude-opus-4-5-20251101-v1:0`; undefined for other families. */
export const claudeModel = (model: string): string | undefined => fullModel.exec(model)?.[1]

/** The whole name is the tooltip. The tag stays whole if the name must be cut. */
export const nameLine = (full: string, name: Node | string, tag: string | undefined): HTMLElement =>
  create(
    'span',
    { class: 'name-line', title: full },
    create('span', { class: 'name-text' }, name),
    tag === undefined ? undefined : create('span', { class: 'tag' }, tag),
  )

/** On narrow pages, the family `claude` gives its place to what follows. */
export const modelName = (model: string): Node | string => {
  const short = claudeModel(model)
  if (short === undefined) return model
  const name = document.createDocumentFragment()
  name.append(create('span', { class: 'middle' }, 'claude-'), short)
  return name
}
