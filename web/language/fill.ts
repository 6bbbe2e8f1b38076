/** *Pure.* Puts values into the `{places}` of a text. A place without a value stays visible, so that the mistake is seen. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))

/** *Pure.* Of each `{count:day|days}` the form that goes with the number of that name, as the language has it. */
export const agree = (text: string, values: Readonly<Record<string, string | number>>, language: string): string =>
  text.replace(/\{(\w+):([^|{}]*)\|([^|{}]*)\}/g, (_, name: string, one: string, others: string) =>
    new Intl.PluralRules(language).select(Number(values[name])) === 'one' ? one : others,
  )
