//! The key-set cache of the crate on the whole planet: how many requests for the key set the auth service sees a minute.
//! `npm run bench -- --planet` runs this and makes a table of it; README.md says what is assumed.
//!
//! ```sh
//! cargo run --release --example planet -- --isolates 100 --happening outage
//! ```

#![cfg(not(target_arch = "wasm32"))] // so that it is left out of the wasm tests

mod dice;
mod isolate;
mod planet;
mod service;
mod store;
mod world;

use std::process::ExitCode;
use world::{Client, Happening, Tiers, World, MINUTE, SECOND};

/// The columns of what is printed, separated by tabs.
const COLUMNS: &str = "isolates\thappening\ttiers\tclient\tmean\tpeak\tsite_peak\tlimited\tgood\tunserved\tby_minute";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match read(&arguments) {
        Ok((world, happenings)) => {
            println!("{COLUMNS}");
            print(&world, &happenings);
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Each happening with all tiers and clients.
fn print(world: &World, happenings: &[Happening]) {
    for &happening in happenings {
        for tiers in Tiers::ALL {
            for client in Client::ALL {
                let found = planet::run(world, happening, tiers, client);
                let sum: u64 = found.by_minute.iter().sum();
                let mean = sum as f64 / found.by_minute.len().max(1) as f64;
                let peak = found.by_minute.iter().max().copied().unwrap_or(0);
                let by_minute: Vec<String> = found.by_minute.iter().map(u64::to_string).collect();
                println!(
                    "{}\t{}\t{}\t{}\t{mean:.1}\t{peak}\t{}\t{}\t{:.0}\t{:.1}\t{}",
                    world.isolates,
                    happening.name(),
                    tiers.name(),
                    client.name(),
                    found.peak_of_a_site,
                    found.limited,
                    found.good,
                    found.unserved,
                    by_minute.join(" "),
                );
            }
        }
    }
}

/// Reads `--name value` pairs.
fn read(arguments: &[String]) -> Result<(World, Vec<Happening>), String> {
    let mut world = World::default();
    let mut happenings = Happening::ALL.to_vec();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return Err(format!("{}: a value is missing", pair.concat())) };
        if name == "--happening" {
            happenings.retain(|happening| happening.name() == value);
            if happenings.is_empty() {
                return Err(format!(
                    "--happening {value}: choose from {}",
                    Happening::ALL.map(Happening::name).join(", ")
                ));
            }
        } else {
            let number = value.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
            set(&mut world, name, number.ok_or_else(|| format!("{name} {value}: give a number above 0"))?)?;
        }
    }
    Ok((world, happenings))
}

fn set(world: &mut World, name: &str, value: f64) -> Result<(), String> {
    match name {
        "--sites" => world.sites = value as usize,
        "--isolates" => world.isolates = value as usize,
        "--seed" => world.seed = value as u64,
        "--limit" => world.limit = value as u32,
        "--rate" => world.rate = value,
        "--flood" => world.flood = value,
        "--life" => world.life = value * MINUTE,
        "--token-life" => world.token_life = value * MINUTE,
        "--calm" => world.calm = value.ceil() * MINUTE,
        "--watched" => world.watched = value.ceil() * MINUTE,
        "--trouble" => world.trouble = value * MINUTE,
        "--latency" => world.latency = value * SECOND,
        "--store-latency" => world.store_latency = value * SECOND,
        "--mark" => world.mark = value * SECOND,
        "--front-ttl" => world.front_ttl = value * SECOND,
        "--max-age" => world.lifetimes.max_age = value * SECOND,
        "--stale-while-revalidate" => world.lifetimes.stale_while_revalidate = value * SECOND,
        "--stale-if-error" => world.lifetimes.stale_if_error = value * SECOND,
        "--cooldown" => world.lifetimes.cooldown = value * SECOND,
        _ => return Err(format!("{name}: there is no such option; bench/scale/README.md lists them")),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
