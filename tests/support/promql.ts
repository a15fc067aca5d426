import { parser } from '@prometheus-io/lezer-promql'

/** What an expression selects, read by the grammar of Prometheus itself. */
export interface Selected {
  readonly metrics: readonly string[]
  /** The labels that it compares or groups by. */
  readonly labels: readonly string[]
}

/** Throws for an expression that Prometheus would refuse. */
export const readPromql = (expression: string): Selected => {
  const metrics = new Set<string>()
  const labels = new Set<string>()
  parser.parse(expression).iterate({
    enter({ type, name, from, to, node }) {
      const text = expression.slice(from, to)
      if (type.isError) throw new Error(`invalid at ${from}: ${expression}`)
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(text)
      if (name === 'LabelName') labels.add(text)
    },
  })
  return { metrics: [...metrics], labels: [...labels] }
}
