import type { FormEvent } from 'react'
import { Button, Form } from 'react-aria-components'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { SecretField } from '../forms/SecretField.tsx'
import { useSending } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'

/** Changes one's password. */
export function Password() {
  const words = useWords()
  const { isBusy, errors, problem, send } = useSending((_, field) =>
    field === 'password' ? words.settings.wrongPassword : null,
  )

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const body = { password: String(given.get('password')), new_password: String(given.get('new_password')) }
    if (!(await send(() => client.call('changePassword', { body })))) return
    form.reset()
    notify(words.settings.passwordChanged)
    await askAgain(keys.sessions)
  }

  return (
    <section aria-labelledby="password">
      <h2 id="password">{words.session.password}</h2>
      <Form className="settings-form" validationErrors={errors} onSubmit={(event) => void submit(event)}>
        <SecretField name="password" label={words.settings.presentPassword} autoComplete="current-password" />
        <SecretField name="new_password" label={words.settings.newPassword} autoComplete="new-password" />
        <p role="alert" className="field-error">
          {problem}
        </p>
        <Button type="submit" className="button" isDisabled={isBusy}>
          {words.settings.changePassword}
        </Button>
      </Form>
    </section>
  )
}
