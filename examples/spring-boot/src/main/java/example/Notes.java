package example;

import static org.springframework.security.oauth2.core.authorization.OAuth2AuthorizationManagers.hasScope;

import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A small API that takes access tokens which Spring Security verifies, as application.properties says. */
@SpringBootApplication
@RestController
public class Notes {

  record Note(String text) {}

  public static void main(String[] arguments) {
    SpringApplication.run(Notes.class, arguments);
  }

  @Bean
  SecurityFilterChain access(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers("/health").permitAll()
                    .requestMatchers(HttpMethod.POST, "/notes").access(hasScope("notes:create"))
                    // Not HttpMethod.GET alone: GetMapping answers HEAD as well.
                    .requestMatchers("/notes").access(hasScope("notes:list"))
                    .requestMatchers("/labels").access(hasScope("labels:list"))
                    .anyRequest().authenticated())
        .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
        .build();
  }

  @GetMapping("/health")
  Map<String, String> health() {
    return Map.of("status", "ok");
  }

  @GetMapping("/notes")
  Map<String, List<Note>> list() {
    return Map.of("notes", List.of());
  }

  @PostMapping("/notes")
  @ResponseStatus(HttpStatus.CREATED)
  Note create(@RequestBody Note note) {
    return note;
  }

  @GetMapping("/labels")
  Map<String, List<String>> labels() {
    return Map.of("labels", List.of());
  }
}
