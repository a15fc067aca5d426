/** The sum of a metric's samples; with `endpoints`, only of theirs. */
export const sumOfSamples = (metrics: string, name: string, endpoints?: readonly string[]): number =>
  metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => endpoints?.includes(/endpoint="(\w+)"/.exec(line)?.[1] ?? '') ?? true)
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
