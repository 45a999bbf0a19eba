import { TokenFooter, TokenPage } from '../token-view.tsx';
import { useInspector } from './context.ts';

/** The popup's view "Token", in a column of its own. */
export function TokenSection() {
  const { token } = useInspector();
  return (
    <div class="column-page">
      <div class="column-scroll">
        <TokenPage model={token.model.value} actions={token.actions} />
      </div>
      <TokenFooter model={token.model.value} actions={token.actions} />
    </div>
  );
}
