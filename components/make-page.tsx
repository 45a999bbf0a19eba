import { type MakeModel, TEST_ALGS, type TestAlg } from '../lib/view/token-make.ts';
import { tokenWords } from '../lib/view/words-token.ts';
import { Made } from './made.tsx';
import { Segments } from './segments.tsx';
import { Shape } from './shape.tsx';
import type { TokenPageProps } from './token-view.tsx';

/** A test token: header and claims as text, and a key of its own. */
export function MakePage({ model, actions }: TokenPageProps) {
  const w = tokenWords.make;
  const { make } = model;
  const act = actions.make;
  return (
    <section class="form make">
      <h1>{w.heading}</h1>
      <p class="soft">{w.detail}</p>
      <label class="field">
        <span class="soft">{w.alg}</span>
        <select value={make.alg} onChange={(event) => act.setAlg(event.currentTarget.value as TestAlg)}>
          {TEST_ALGS.map((alg) => (
            <option key={alg} value={alg}>
              {alg}
            </option>
          ))}
        </select>
      </label>
      <Area name="header" label={w.header} rows={5} {...{ make, actions }} />
      <Area name="claims" label={w.claims} rows={8} {...{ make, actions }} />
      <button type="button" class="link make-fresh" onClick={act.freshTimes}>
        {w.fresh}
      </button>
      {make.alg === 'none' ? <p class="soft">{w.none}</p> : <Key model={model} actions={actions} />}
      <button type="button" class="button primary make-sign" data-row onClick={act.sign}>
        {w.sign}
      </button>
      <div role="status">
        {make.token === null ? null : (
          <>
            <dl class="converted">
              <Made name={w.token} shown={make.token} value={make.token} />
            </dl>
            <button
              type="button"
              class="button small"
              onClick={() => {
                actions.openPage('token');
                actions.setText(make.token ?? '', true);
              }}
            >
              {w.look}
            </button>
          </>
        )}
      </div>
    </section>
  );
}

interface AreaProps extends Pick<TokenPageProps, 'actions'> {
  readonly name: 'header' | 'claims' | 'keyText';
  readonly label: string;
  readonly rows: number;
  readonly make: MakeModel;
}

function Area({ name, label, rows, make, actions }: AreaProps) {
  const { problem } = make;
  const own = problem !== null && problem.in === (name === 'keyText' ? 'key' : name) ? problem : null;
  return (
    <>
      <label class="field">
        <span class="soft">{label}</span>
        <textarea
          rows={rows}
          dir="ltr"
          spellcheck={false}
          autocomplete="off"
          value={make[name]}
          aria-invalid={own !== null}
          onInput={(event) => actions.make.setText(name, event.currentTarget.value)}
        />
      </label>
      {own === null ? null : <Problem says={own.says} />}
    </>
  );
}

function Problem({ says }: { readonly says: string }) {
  return (
    <div class="token-row" role="alert">
      <Shape mark="high" />
      <p>{says}</p>
    </div>
  );
}

function Key({ model: { make }, actions }: TokenPageProps) {
  const w = tokenWords.make;
  const act = actions.make;
  return (
    <>
      <Segments<MakeModel['key']>
        label={w.key}
        options={[
          { value: 'made', label: w.made },
          { value: 'pasted', label: w.pasted },
        ]}
        chosen={make.key}
        onChoose={act.setKey}
      />
      {make.key === 'pasted' ? (
        <Area name="keyText" label={w.keyLabel} rows={4} make={make} actions={actions} />
      ) : (
        <>
          {make.serverKey === null ? null : (
            <dl class="converted">
              <Made name={w.serverKey} shown={make.serverKey} value={make.serverKey} />
            </dl>
          )}
          <button type="button" class="button small" onClick={act.newKey}>
            {w.newKey}
          </button>
          {make.problem?.in === 'key' ? <Problem says={make.problem.says} /> : null}
        </>
      )}
    </>
  );
}
