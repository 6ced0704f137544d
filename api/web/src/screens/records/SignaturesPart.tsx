// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconKeyOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type SignatureView, sheetAddress, signaturesQuery } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { Empty, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import classes from "./RecordPage.module.css";
import { plain, useWords } from "./words";

/** SignaturesPart is every signature with what it means (21 CFR 11.50), checked by the server as it is read. */
export function SignaturesPart({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const signatures = useQuery(signaturesQuery(record.id));
  if (signatures.isPending) return <RowSkeletons rows={4} height={120} />;
  if (!signatures.data) return <ProblemNote problem={signatures.error} onRetry={() => void signatures.refetch()} />;
  const { items } = signatures.data;
  return (
    <>
      {signatures.isError && <ProblemNote problem={signatures.error} onRetry={() => void signatures.refetch()} />}
      {items.length === 0 && <Empty text={t("signature.empty")} />}
      {items.map((signature) => (
        <Signature key={signature.id} signature={signature} record={record} />
      ))}
    </>
  );
}

const icons = { valid: IconCircleCheck, invalid: IconCircleX, key_unknown: IconKeyOff, key_revoked: IconKeyOff };

function Signature({ signature, record }: { signature: SignatureView; record: RecordBody }) {
  const { t } = useTranslation(["records", "common", "task"]);
  const words = useWords();
  const { signer } = signature;
  const Icon = icons[signature.verification];
  return (
    <article className={`paper ${classes.signature}`} aria-label={t("signature.of", { name: signer.printed_name })}>
      <div className={classes.signatureHead}>
        <span className={classes.signatureName} dir="auto">
          {signer.on_behalf_of
            ? t("common:person.for", { who: signer.printed_name, behalf: signer.on_behalf_of.name })
            : signer.printed_name}
        </span>
        <span className={`${classes.mark} ${signature.verification === "valid" ? classes.good : classes.bad}`}>
          <Icon size={16} aria-hidden /> {t(`signature.verified.${signature.verification}`)}
        </span>
      </div>
      {signature.unsigned_by_later_change && (
        <p className={`${classes.mark} ${classes.warn}`}>
          <IconAlertTriangle size={16} aria-hidden /> {t("signature.later")}
        </p>
      )}
      <dl>
        <dt>{t("signature.meaning")}</dt>
        <dd>
          {t(`task:meaning.${signature.meaning}` as "task:meaning.final_approval", { defaultValue: plain(signature.meaning) })} ·{" "}
          {words.outcome(signature.outcome)}
        </dd>
        <dt>{t("signature.step")}</dt>
        <dd>
          <bdi>{words.step(record.type, signature.step)}</bdi>
          {signature.round > 1 && <> · {t("round", { n: signature.round })}</>}
        </dd>
        <dt>{t("signature.signer")}</dt>
        <dd>
          <span className="mono">{signer.username}</span> ·{" "}
          {t(`common:role.${signer.role}` as "common:role.admin", { defaultValue: signer.role })}
        </dd>
        <dt>{t("signature.at")}</dt>
        <dd>
          <DateTime at={signature.signed_at} zone={signature.zone} />
        </dd>
        <dt>{t("signature.version")}</dt>
        <dd>
          {t("signature.versionOf", { version: signature.version, of: record.version })} · <Hash value={signature.content_hash} short />
        </dd>
        <dt>{t("signature.seen")}</dt>
        <dd>
          <Hash value={signature.view_hash} short /> ·{" "}
          <a href={sheetAddress(record.id, signature.intent)} target="_blank" rel="noopener">
            {t("signature.show")}
          </a>
        </dd>
        <dt>{t("signature.factors")}</dt>
        <dd>
          {signature.factors
            .map((factor) => t(`signature.factor.${factor}` as "signature.factor.password", { defaultValue: factor }))
            .join(", ")}
        </dd>
        <dt>{t("signature.key")}</dt>
        <dd>
          <span className="mono">{signature.key_id}</span> · <Hash value={signature.manifest_hash} short />
        </dd>
      </dl>
    </article>
  );
}
