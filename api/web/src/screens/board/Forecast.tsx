// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Stack } from "@mantine/core";
import type { Forecast as Body } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Duration } from "~/ui/duration";
import { Num, Sheet } from "~/ui/sheet";
import classes from "./board.module.css";
import { FigureLink } from "./FigureLink";
import { Section, Tile } from "./Section";

/** Forecast is what will be late if nothing goes faster than it did. */
export function Forecast({ forecast }: { forecast: Body }) {
  const { t } = useTranslation("board");
  const steps = forecast.steps.filter((step) => step.within.some((within) => within.count > 0));
  return (
    <Section title={t("forecast.title")} note={t("forecast.method")}>
      <Stack gap="xs">
        <div className={classes.tiles}>
          {forecast.within.map((within) => (
            <Tile key={within.days} label={t("forecast.within", { count: within.days })} tone={within.count > 0 ? "warn" : undefined}>
              <FigureLink figure={within} label={t("forecast.within", { count: within.days })} />
            </Tile>
          ))}
        </div>
        {steps.length > 0 && (
          <Sheet
            label={t("forecast.title")}
            head={[
              { key: "step", label: t("step") },
              ...forecast.within.map((within) => ({
                key: String(within.days),
                label: t("forecast.within", { count: within.days }),
                number: true,
              })),
              { key: "touch", label: t("forecast.touch"), number: true },
              { key: "from", label: t("forecast.from"), number: true },
            ]}
          >
            {steps.map((step) => (
              <tr key={step.type + step.step}>
                <td dir="auto">{step.title}</td>
                {step.within.map((within) => (
                  <Num key={within.days}>
                    <FigureLink figure={within} label={`${step.title}, ${t("forecast.within", { count: within.days })}`} />
                  </Num>
                ))}
                <Num>
                  <Duration seconds={step.median_touch_seconds} style="short" />
                </Num>
                <Num>{step.measured_on}</Num>
              </tr>
            ))}
          </Sheet>
        )}
      </Stack>
    </Section>
  );
}
